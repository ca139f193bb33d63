#include "server/http/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/format/address.h"
#include "server/http/peers.h"

#define LISTEN_BACKLOG 511

/* More than any segment has when it arrives, as no system sends with so many. */
#define MAX_HOPS 255

/* linux/in6.h, which glibc's headers lack. */
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

enum { READ_END, WRITE_END, ENDS };

/* What the acceptor knows of a worker. */
struct acceptor_worker {
    atomic_size_t open; /* its connections, those in its inbox included */
    int inbox[ENDS];
};

struct acceptor {
    int listener;
    bool bound; /* `address` is the listening socket's */
    struct address address;
    size_t limit;
    atomic_size_t open;     /* connections of all workers */
    atomic_bool is_closing; /* acceptor_stop_queueing was called */
    struct peers *peers;
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

static bool set_option(int socket, int level, int name, int value)
{
    return setsockopt(socket, level, name, &value, sizeof value) == 0;
}

/* The kernel doubles the send buffer that it is asked for (socket(7)). */
static bool set_options(int listener, int family, size_t send_buffer_bytes)
{
    return set_option(listener, SOL_SOCKET, SO_SNDBUF, (int)(send_buffer_bytes / 2)) &&
           (family == AF_UNIX || set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1)) &&
           (family != AF_INET6 || set_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 1));
}

/* Removes the file of a Unix socket that nobody listens on. If its queue is full, somebody does. */
static void remove_stale_socket(const struct address *address)
{
    const char *path = address_path(address);
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct stat file;
    if (probe >= 0 &&
        connect(probe, (const struct sockaddr *)&address->socket, address->size_bytes) != 0 &&
        errno == ECONNREFUSED && stat(path, &file) == 0 && S_ISSOCK(file.st_mode))
        unlink(path);
    close_if_open(probe);
}

static enum digit_status start_listening(struct acceptor *acceptor,
                                         const struct acceptor_options *options,
                                         struct digit_error *error)
{
    struct address *address = &acceptor->address;
    enum digit_status status = address_parse(address, options->listen, error);
    if (status != DIGIT_OK)
        return status;
    int family = address->socket.ss_family;
    if (family == AF_UNIX)
        remove_stale_socket(address);
    int listener = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    acceptor->listener = listener;
    if (listener < 0 || !set_options(listener, family, options->send_buffer_bytes) ||
        bind(listener, (struct sockaddr *)&address->socket, address->size_bytes) != 0)
        return fail_listen(options->listen, error);
    acceptor->bound = true;
    if (listen(listener, LISTEN_BACKLOG) != 0)
        return fail_listen(options->listen, error);
    socklen_t size_bytes = sizeof address->socket;
    if (family != AF_UNIX &&
        getsockname(listener, (struct sockaddr *)&address->socket, &size_bytes) != 0)
        return fail_listen(options->listen, error);
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

static struct acceptor *create_acceptor(const struct acceptor_options *options)
{
    struct acceptor *acceptor =
        calloc(1, sizeof *acceptor + options->worker_count * sizeof *acceptor->workers);
    if (acceptor == NULL)
        return NULL;
    acceptor->listener = -1;
    acceptor->limit = options->max_connections;
    acceptor->worker_count = options->worker_count;
    for (size_t i = 0; i < options->worker_count; i++)
        acceptor->workers[i].inbox[READ_END] = acceptor->workers[i].inbox[WRITE_END] = -1;
    return acceptor;
}

enum digit_status acceptor_open(struct acceptor **out, const struct acceptor_options *options,
                                struct digit_error *error)
{
    struct acceptor *acceptor = create_acceptor(options);
    if (acceptor == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the inboxes of %zu workers",
                          options->worker_count);
    enum digit_status status =
        peers_create(&acceptor->peers, options->max_connections, options->max_per_peer, error);
    if (status == DIGIT_OK)
        status = open_inboxes(acceptor, error);
    if (status == DIGIT_OK)
        status = start_listening(acceptor, options, error);
    if (status != DIGIT_OK) {
        acceptor_close(acceptor);
        return status;
    }
    *out = acceptor;
    return DIGIT_OK;
}

/* Only once: the next file of this name is another server's. */
void acceptor_remove_file(struct acceptor *acceptor)
{
    if (acceptor != NULL && acceptor->bound && acceptor->address.socket.ss_family == AF_UNIX)
        unlink(address_path(&acceptor->address));
    if (acceptor != NULL)
        acceptor->bound = false;
}

void acceptor_close_listener(struct acceptor *acceptor)
{
    acceptor_remove_file(acceptor);
    close_if_open(acceptor->listener);
    acceptor->listener = -1;
}

void acceptor_close(struct acceptor *acceptor)
{
    if (acceptor == NULL)
        return;
    struct accepted accepted;
    acceptor_close_listener(acceptor);
    for (size_t i = 0; i < acceptor->worker_count; i++) {
        int *inbox = acceptor->workers[i].inbox;
        while (inbox[READ_END] >= 0 && acceptor_collect(acceptor, i, &accepted))
            close(accepted.socket);
        close_if_open(inbox[READ_END]);
        close_if_open(inbox[WRITE_END]);
    }
    peers_destroy(acceptor->peers);
    free(acceptor);
}

uint16_t acceptor_port(const struct acceptor *acceptor)
{
    return address_port(&acceptor->address);
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
static bool hand_over(struct acceptor_worker *worker, const struct accepted *accepted)
{
    atomic_fetch_add(&worker->open, 1);
    if (write(worker->inbox[WRITE_END], accepted, sizeof *accepted) == (ssize_t)sizeof *accepted)
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

/* The fewest hops that a segment may have left; 0: any. */
static bool set_min_hops(int socket, int family, int hops)
{
    if (family == AF_INET6)
        return set_option(socket, IPPROTO_IPV6, IPV6_MINHOPCOUNT, hops);
    return family != AF_INET || set_option(socket, IPPROTO_IP, IP_MINTTL, hops);
}

/* Accepts a connection for which a place is reserved. */
static enum acceptor_result accept_client(struct acceptor *acceptor, struct accepted *out)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t size_bytes = sizeof address;
    memset(out, 0, sizeof *out);
    out->socket = accept4(acceptor->listener, (struct sockaddr *)&address, &size_bytes,
                          SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (out->socket < 0)
        return is_shortage(errno) ? ACCEPTOR_FULL : ACCEPTOR_NONE;
    /* A connection that has been established since then has inherited it. */
    if (atomic_load(&acceptor->is_closing))
        set_min_hops(out->socket, acceptor->address.socket.ss_family, 0);
    return peers_enter(acceptor->peers, &address, &out->peer) ? ACCEPTOR_MINE : ACCEPTOR_REFUSED;
}

enum acceptor_result acceptor_take(struct acceptor *acceptor, size_t worker, struct accepted *out)
{
    if (!reserve_place(acceptor))
        return ACCEPTOR_FULL;
    enum acceptor_result result = accept_client(acceptor, out);
    if (result != ACCEPTOR_MINE) {
        atomic_fetch_sub(&acceptor->open, 1);
        return result;
    }
    struct acceptor_worker *own = &acceptor->workers[worker];
    struct acceptor_worker *least_loaded = least_loaded_worker(acceptor, worker);
    if (least_loaded != own && hand_over(least_loaded, out))
        return ACCEPTOR_HANDED;
    atomic_fetch_add(&own->open, 1);
    return ACCEPTOR_MINE;
}

bool acceptor_collect(struct acceptor *acceptor, size_t worker, struct accepted *out)
{
    return read(acceptor_inbox(acceptor, worker), out, sizeof *out) == (ssize_t)sizeof *out;
}

void acceptor_leave(struct acceptor *acceptor, size_t worker, size_t peer)
{
    peers_leave(acceptor->peers, peer);
    atomic_fetch_sub(&acceptor->workers[worker].open, 1);
    atomic_fetch_sub(&acceptor->open, 1);
}

size_t acceptor_open_count(const struct acceptor *acceptor)
{
    return atomic_load(&acceptor->open);
}

bool acceptor_stop_queueing(struct acceptor *acceptor)
{
    int family = acceptor->address.socket.ss_family;
    atomic_store(&acceptor->is_closing, true);
    if (family == AF_UNIX)
        acceptor_remove_file(acceptor);
    return set_min_hops(acceptor->listener, family, MAX_HOPS);
}

bool acceptor_has_waiting(const struct acceptor *acceptor)
{
    struct pollfd listener = {.fd = acceptor->listener, .events = POLLIN};
    return poll(&listener, 1, 0) == 1;
}
