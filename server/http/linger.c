#include "server/http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/observe/clock.h"

#define DISCARDED_AT_ONCE_BYTES 16384

void linger_init(struct linger_list *out, int set)
{
    out->set = set;
    out->count = 0;
    for (size_t i = 0; i < LINGERING_MAX; i++)
        out->sockets[i] =
            (struct lingering){.source.kind = SOURCE_LINGER, .list = out, .socket = -1};
}

static void close_lingering(struct lingering *lingering)
{
    if (lingering->socket < 0)
        return;
    close(lingering->socket);
    lingering->socket = -1;
    lingering->list->count--;
}

/* A free place, or the one that has lingered longest. */
static struct lingering *find_place(struct linger_list *linger)
{
    struct lingering *place = &linger->sockets[0];
    for (size_t i = 0; i < LINGERING_MAX && place->socket >= 0; i++)
        if (linger->sockets[i].socket < 0 || linger->sockets[i].begun_s < place->begun_s)
            place = &linger->sockets[i];
    return place;
}

void linger_take(struct linger_list *linger, int socket)
{
    struct lingering *place = find_place(linger);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = place};
    close_lingering(place);
    place->socket = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    place->begun_s = place->received_s = clock_monotonic_s();
    linger->count += place->socket >= 0;
    if (place->socket >= 0 && epoll_ctl(linger->set, EPOLL_CTL_ADD, place->socket, &event) != 0)
        close_lingering(place);
}

void linger_discard(struct lingering *lingering)
{
    char bytes[DISCARDED_AT_ONCE_BYTES];
    if (lingering->socket < 0)
        return;
    ssize_t size = read(lingering->socket, bytes, sizeof bytes);
    if (size > 0)
        lingering->received_s = clock_monotonic_s();
    else if (size == 0 || (errno != EAGAIN && errno != EINTR))
        close_lingering(lingering);
}

void linger_check(struct linger_list *linger)
{
    double now_s = clock_monotonic_s();
    for (size_t i = 0; i < LINGERING_MAX && linger->count > 0; i++) {
        struct lingering *lingering = &linger->sockets[i];
        if (now_s - lingering->received_s > LINGER_SILENCE_S ||
            now_s - lingering->begun_s > LINGER_TOTAL_S)
            close_lingering(lingering);
    }
}

size_t linger_count(const struct linger_list *linger)
{
    return linger->count;
}

void linger_release(struct linger_list *linger)
{
    for (size_t i = 0; i < LINGERING_MAX; i++)
        close_lingering(&linger->sockets[i]);
}
