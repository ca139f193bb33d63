#include "server/loop.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server/outbox.h"

struct loop {
    struct MHD_Daemon *daemon;
    struct outbox outbox;
    bool changed; /* a connection has begun or ended in this round */
    int events;   /* libmicrohttpd's epoll descriptor */
    int wake;     /* an eventfd: something below has changed */
    atomic_bool quiescing, ending;
    pthread_t thread;
};

/* Until libmicrohttpd wants to look at what is silent; -1 is for ever. */
static int timeout_ms(struct MHD_Daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(daemon, &ms) != MHD_YES)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

/*
 * Waits here and not in MHD_run_wait, which (0.9.75 and 1.0) fetches events in batches of 128 and after
 * a full one sleeps before it looks at them.
 */
static void wait_for_events(const struct loop *loop)
{
    struct pollfd descriptors[] = {{.fd = loop->events, .events = POLLIN},
                                   {.fd = loop->wake, .events = POLLIN}};
    int ms = timeout_ms(loop->daemon);
    if (ms == 0) /* it has not read all that has come */
        return;
    poll(descriptors, sizeof descriptors / sizeof *descriptors, ms);
    if (descriptors[1].revents != 0)
        eventfd_read(loop->wake, &(eventfd_t){0});
}

/*
 * After a round in which something happened it looks again before it waits: libmicrohttpd comes back to
 * a listening socket that it left at the connection limit only when it looks.
 */
static void *run(void *argument)
{
    struct loop *loop = argument;
    bool active = true;
    while (!atomic_load(&loop->ending)) {
        if (!active)
            wait_for_events(loop);
        if (atomic_load(&loop->quiescing))
            MHD_quiesce_daemon(loop->daemon);
        loop->changed = false;
        MHD_run(loop->daemon);
        active = outbox_release(&loop->outbox) > 0 || loop->changed;
    }
    return NULL;
}

static void stop_daemon(struct MHD_Daemon *daemon)
{
    MHD_quiesce_daemon(daemon);
    MHD_stop_daemon(daemon);
}

static int start_thread(struct loop *loop)
{
    if (loop->wake < 0)
        return errno;
    return pthread_create(&loop->thread, NULL, run, loop);
}

enum digit_status loop_start(struct loop **out, struct MHD_Daemon *daemon,
                             struct digit_error *error)
{
    struct loop *loop = calloc(1, sizeof *loop);
    *out = loop;
    if (loop == NULL) {
        stop_daemon(daemon);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a thread");
    }
    loop->daemon = daemon;
    loop->events = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int reason = start_thread(loop);
    if (reason == 0)
        return DIGIT_OK;
    stop_daemon(daemon);
    if (loop->wake >= 0)
        close(loop->wake);
    free(loop);
    *out = NULL;
    return digit_fail(error, DIGIT_IO, "cannot start a thread: %s", strerror(reason));
}

void loop_quiesce(struct loop *loop)
{
    atomic_store(&loop->quiescing, true);
    eventfd_write(loop->wake, 1);
}

void loop_stop(struct loop *loop)
{
    if (loop == NULL)
        return;
    atomic_store(&loop->ending, true);
    eventfd_write(loop->wake, 1);
    pthread_join(loop->thread, NULL);
    stop_daemon(loop->daemon);
    close(loop->wake);
    free(loop);
}

void loop_answers(struct loop *loop, int socket)
{
    outbox_hold(&loop->outbox, socket);
}

void loop_connections_changed(struct loop *loop)
{
    loop->changed = true;
}
