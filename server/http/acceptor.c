#include "server/http/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/format/address.h"

#define LISTEN_BACKLOG 511

enum { READ_END, WRITE_END, ENDS };

/* What the acceptor knows of a worker. */
struct acceptor_worker {
    atomic_size_t open; /* its connections, those in its inbox included */
    int inbox[ENDS];
};

struct acceptor {
    int listener;
    uint16_t port;
    size_t limit;
    atomic_size_t open; /* connections of all workers */
    size_t worker_count;
    struct acceptor_worker workers[];
};

static void close_if_open(int descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
}

static enum digit_status fail_listen(const char *listen_address, struct digit_error *error)
{
    return digit_fail(error, DIGIT_IO, "cannot listen on %s: %s", listen_address, strerror(errno));
}

static enum digit_status start_listening(struct acceptor *acceptor, const char *listen_address,
                                         struct digit_error *error)
{
    const int on = 1;
    struct address address;
    enum digit_status status = address_parse(&address, listen_address, error);
    if (status != DIGIT_OK)
        return status;
    int family = address.socket.ss_family;
    int listener = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    acceptor->listener = listener;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (family == AF_INET6 &&
         setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
        bind(listener, (struct sockaddr *)&address.socket, address.size_bytes) != 0 ||
        listen(listener, LISTEN_BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)&address.socket, &address.size_bytes) != 0)
        return fail_listen(listen_address, error);
    acceptor->port = address_port(&address);
    return DIGIT_OK;
}

static enum digit_status open_inboxes(struct acceptor *acceptor, struct digit_error *error)
{
    for (size_t i = 0; i < acceptor->worker_count; i++) {
        if (pipe2(acceptor->workers[i].inbox, O_NONBLOCK | O_CLOEXEC) != 0)
            return digit_fail(error, DIGIT_IO, "cannot open a pipe: %s", strerror(errno));
    }
    return DIGIT_OK;
}

static struct acceptor *create_acceptor(size_t max_connections, size_t worker_count)
{
    struct acceptor *acceptor =
        calloc(1, sizeof *acceptor + worker_count * sizeof *acceptor->workers);
    if (acceptor == NULL)
        return NULL;
    acceptor->listener = -1;
    acceptor->limit = max_connections;
    acceptor->worker_count = worker_count;
    for (size_t i = 0; i < worker_count; i++)
        acceptor->workers[i].inbox[READ_END] = acceptor->workers[i].inbox[WRITE_END] = -1;
    return acceptor;
}

enum digit_status acceptor_open(struct acceptor **out, const char *listen_address,
                                size_t max_connections, size_t worker_count,
                                struct digit_error *error)
{
    struct acceptor *acceptor = create_acceptor(max_connections, worker_count);
    if (acceptor == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the inboxes of %zu workers",
                          worker_count);
    enum digit_status status = open_inboxes(acceptor, error);
    if (status == DIGIT_OK)
        status = start_listening(acceptor, listen_address, error);
    if (status != DIGIT_OK) {
        acceptor_close(acceptor);
        return status;
    }
    *out = acceptor;
    return DIGIT_OK;
}

void acceptor_close(struct acceptor *acceptor)
{
    if (acceptor == NULL)
        return;
    close_if_open(acceptor->listener);
    for (size_t i = 0; i < acceptor->worker_count; i++) {
        int *inbox = acceptor->workers[i].inbox;
        for (int socket; inbox[READ_END] >= 0 && (socket = acceptor_collect(acceptor, i)) >= 0;)
            close(socket);
        close_if_open(inbox[READ_END]);
        close_if_open(inbox[WRITE_END]);
    }
    free(acceptor);
}

uint16_t acceptor_port(const struct acceptor *acceptor)
{
    return acceptor->port;
}

int acceptor_listener(const struct acceptor *acceptor)
{
    return acceptor->listener;
}

int acceptor_inbox(const struct acceptor *acceptor, size_t worker)
{
    return acceptor->workers[worker].inbox[READ_END];
}

/* A place is reserved before accept4, because two workers may accept at the same time. */
static bool reserve_place(struct acceptor *acceptor)
{
    if (atomic_fetch_add(&acceptor->open, 1) < acceptor->limit)
        return true;
    atomic_fetch_sub(&acceptor->open, 1);
    return false;
}

/* The worker with fewest connections: `worker` itself if no other one has fewer. */
static struct acceptor_worker *least_loaded_worker(struct acceptor *acceptor, size_t worker)
{
    struct acceptor_worker *best = &acceptor->workers[worker];
    size_t best_open = atomic_load(&best->open);
    for (size_t i = 0; i < acceptor->worker_count; i++) {
        size_t open = atomic_load(&acceptor->workers[i].open);
        if (open < best_open) {
            best = &acceptor->workers[i];
            best_open = open;
        }
    }
    return best;
}

/* False if the inbox is full. write(2) is atomic for so few bytes (pipe(7), PIPE_BUF). */
static bool hand_over_socket(struct acceptor_worker *worker, int socket)
{
    atomic_fetch_add(&worker->open, 1);
    if (write(worker->inbox[WRITE_END], &socket, sizeof socket) == (ssize_t)sizeof socket)
        return true;
    atomic_fetch_sub(&worker->open, 1);
    return false;
}

/*
 * The errors of accept(2) that the next call would meet again: descriptors or memory have run out.
 */
static bool is_shortage(int reason)
{
    return reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM;
}

enum acceptor_result acceptor_take(struct acceptor *acceptor, size_t worker, int *socket)
{
    if (!reserve_place(acceptor))
        return ACCEPTOR_FULL;
    int accepted = accept4(acceptor->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
        atomic_fetch_sub(&acceptor->open, 1);
        return is_shortage(errno) ? ACCEPTOR_FULL : ACCEPTOR_NONE;
    }
    struct acceptor_worker *own = &acceptor->workers[worker];
    struct acceptor_worker *least_loaded = least_loaded_worker(acceptor, worker);
    if (least_loaded != own && hand_over_socket(least_loaded, accepted))
        return ACCEPTOR_HANDED;
    atomic_fetch_add(&own->open, 1);
    *socket = accepted;
    return ACCEPTOR_MINE;
}

int acceptor_collect(struct acceptor *acceptor, size_t worker)
{
    int socket;
    int inbox = acceptor_inbox(acceptor, worker);
    return read(inbox, &socket, sizeof socket) == (ssize_t)sizeof socket ? socket : -1;
}

void acceptor_leave(struct acceptor *acceptor, size_t worker)
{
    atomic_fetch_sub(&acceptor->workers[worker].open, 1);
    atomic_fetch_sub(&acceptor->open, 1);
}
