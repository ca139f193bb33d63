#include "server/http/event_loop.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/acceptor.h"
#include "server/http/connection.h"
#include "server/http/connections.h"
#include "server/http/exchange.h"
#include "server/http/linger.h"
#include "server/http/outbox.h"
#include "server/http/settings.h"
#include "server/http/source.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"

/*
 * How long a loop stops watching the listening socket when no further connection can be accepted.
 */
#define PAUSE_MS 100

/* Connections accepted in one round, before the open ones are served again. */
#define ACCEPTED_PER_ROUND 32

/* While libmicrohttpd has more to read, only one in so many rounds checks the other sources. */
#define ROUNDS_PER_CHECK 8

/* How often the time limits of connections are checked. */
#define CHECK_PERIOD_MS 100

/*
 * A draining server closes connections that have been idle for so long: a client that uses its
 * connection more often has been told by an answer that it is closed.
 */
#define DRAIN_IDLE_S 1

/* Events that are fetched at once; the others are fetched in the next round. */
#define EVENTS_PER_ROUND 64

struct event_loop {
    struct MHD_Daemon *daemon;
    struct event_loop_parts parts;
    struct connections connections;
    struct linger_list linger;
    struct outbox outbox;
    int set; /* an epoll descriptor */
    int wake;
    struct source requests, woken, inbox, listener;
    unsigned unchecked;      /* rounds since the last that checked all sources */
    double checked_s;        /* when the connections were checked last */
    bool listening;          /* the listening socket is in the set */
    size_t peer;             /* of the connection that libmicrohttpd was given last */
    bool begun;              /* libmicrohttpd has taken the connection that it was given last */
    bool ended;              /* a connection has ended in this round */
    atomic_size_t lingering; /* sockets */
    atomic_bool ending_idle, quiescing, ending;
    atomic_bool is_quiet; /* the listening socket will not be watched any more */
    pthread_t thread;
};

static bool watch_descriptor(const struct event_loop *loop, int descriptor, uint32_t events,
                             struct source *source)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    return epoll_ctl(loop->set, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

/* A new connection wakes one worker instead of all of them (epoll_ctl(2), EPOLLEXCLUSIVE). */
static void watch_listener(struct event_loop *loop)
{
    if (!loop->listening && !atomic_load(&loop->quiescing))
        loop->listening = watch_descriptor(loop, acceptor_listener(loop->parts.acceptor),
                                           EPOLLIN | EPOLLEXCLUSIVE, &loop->listener);
}

static void unwatch_listener(struct event_loop *loop)
{
    if (loop->listening)
        epoll_ctl(loop->set, EPOLL_CTL_DEL, acceptor_listener(loop->parts.acceptor), NULL);
    loop->listening = false;
}

/*
 * How long to wait at most: until libmicrohttpd has to go on, the pause is over, or the connections
 * are to be checked; -1 for as long as it takes.
 */
static int timeout_ms(const struct event_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG ms;
    bool is_full = !loop->listening && !atomic_load(&loop->quiescing);
    bool is_empty = loop->connections.count == 0 && linger_count(&loop->linger) == 0;
    int longest_ms = is_full ? PAUSE_MS : is_empty ? INT_MAX : CHECK_PERIOD_MS;
    if (MHD_get_timeout(loop->daemon, &ms) == MHD_YES && ms < (unsigned)longest_ms)
        return (int)ms;
    return longest_ms < INT_MAX ? longest_ms : -1;
}

/*
 * The peer has ended its stream, or the connection is reset; or the server itself has shut down the
 * socket, which has the same events.
 */
static void note_peer(struct event_loop *loop, struct connection *connection, uint32_t events)
{
    if (!connection->ended && !connection->refused)
        connections_note_half_closed(&loop->connections, connection);
    if ((events & (EPOLLHUP | EPOLLERR)) != 0 && connection->exchange != NULL)
        atomic_store(&connection->exchange->abandoned, true);
}

/* Handles what is not libmicrohttpd's; returns the kind of the source as a bit. */
static unsigned handle_event(struct event_loop *loop, const struct epoll_event *event)
{
    struct source *source = event->data.ptr;
    switch (source->kind) {
    case SOURCE_CONNECTION:
        note_peer(loop, (struct connection *)source, event->events);
        break;
    case SOURCE_LINGER:
        linger_discard((struct lingering *)source);
        break;
    case SOURCE_WAKE:
        eventfd_read(loop->wake, &(eventfd_t){0});
        loop->parts.on_wake(loop->parts.cls);
        break;
    case SOURCE_REQUESTS:
    case SOURCE_INBOX:
    case SOURCE_LISTENER:
        break;
    }
    return 1u << source->kind;
}

/*
 * Waits, and returns the kinds of sources that are ready as bits. It does not use MHD_run_wait,
 * which (in 0.9.75 and 1.0) fetches events in batches of 128 and sleeps after a full batch before it
 * handles them.
 */
static unsigned wait_for_sources(struct event_loop *loop)
{
    struct epoll_event events[EVENTS_PER_ROUND];
    unsigned kinds = 0;
    int ms = timeout_ms(loop);
    if (ms == 0 && ++loop->unchecked < ROUNDS_PER_CHECK)
        return 1u << SOURCE_REQUESTS;
    loop->unchecked = 0;
    int count = epoll_wait(loop->set, events, EVENTS_PER_ROUND, ms);
    for (int i = 0; i < count; i++)
        kinds |= handle_event(loop, &events[i]);
    return kinds;
}

/*
 * libmicrohttpd closes a socket that it does not take. If it has notified the beginning of the
 * connection before, it notifies the end too, and event_loop_note_connection_end has told the
 * acceptor.
 */
static void add_connection(struct event_loop *loop, const struct accepted *accepted)
{
    const struct sockaddr unknown = {.sa_family = AF_UNSPEC};
    loop->begun = false;
    loop->peer = accepted->peer;
    if (MHD_add_connection(loop->daemon, accepted->socket, &unknown, sizeof unknown) != MHD_YES &&
        !loop->begun)
        acceptor_leave(loop->parts.acceptor, loop->parts.worker, accepted->peer);
}

/* Answers a connection that the peer may not have. */
static void refuse_connection(struct event_loop *loop, int socket)
{
    loop->parts.on_refused(loop->parts.cls, socket);
    linger_take(&loop->linger, socket);
    shutdown(socket, SHUT_WR);
    close(socket);
}

static void accept_connections(struct event_loop *loop)
{
    for (int i = 0; i < ACCEPTED_PER_ROUND; i++) {
        struct accepted accepted;
        switch (acceptor_take(loop->parts.acceptor, loop->parts.worker, &accepted)) {
        case ACCEPTOR_MINE:
            add_connection(loop, &accepted);
            break;
        case ACCEPTOR_REFUSED:
            refuse_connection(loop, accepted.socket);
            break;
        case ACCEPTOR_HANDED:
            break;
        case ACCEPTOR_FULL:
            metrics_count_rejected(loop->parts.shard, METRICS_REJECTED_CONNECTIONS);
            unwatch_listener(loop);
            return;
        case ACCEPTOR_NONE:
            return;
        }
    }
}

static void collect_connections(struct event_loop *loop)
{
    struct accepted accepted;
    while (acceptor_collect(loop->parts.acceptor, loop->parts.worker, &accepted))
        add_connection(loop, &accepted);
}

static void check_connections(struct event_loop *loop, double now_s)
{
    if (loop->connections.half_closed != NULL)
        connections_end_half_closed(&loop->connections);
    if (now_s - loop->checked_s < CHECK_PERIOD_MS * 1e-3)
        return;
    loop->checked_s = now_s;
    connections_check(&loop->connections, &(*loop->parts.settings)->config);
    linger_check(&loop->linger);
    if (atomic_load(&loop->ending_idle))
        connections_end_idle(&loop->connections, DRAIN_IDLE_S);
}

static void be_quiet(struct event_loop *loop)
{
    unwatch_listener(loop);
    atomic_store(&loop->is_quiet, true);
}

/* Waits for sources that are ready and handles them. */
static void run_round(struct event_loop *loop)
{
    unsigned kinds = wait_for_sources(loop);
    double begun_s = clock_monotonic_s();
    loop->ended = false;
    if (atomic_load(&loop->quiescing))
        be_quiet(loop);
    else if (kinds & 1u << SOURCE_LISTENER)
        accept_connections(loop);
    if (kinds & 1u << SOURCE_INBOX)
        collect_connections(loop);
    MHD_run(loop->daemon);
    outbox_release(&loop->outbox);
    double now_s = clock_monotonic_s();
    metrics_add_busy(loop->parts.shard, now_s - begun_s);
    check_connections(loop, now_s);
    atomic_store_explicit(&loop->lingering, linger_count(&loop->linger), memory_order_relaxed);
    if (loop->ended || kinds == 0)
        watch_listener(loop);
}

static void *run_rounds(void *argument)
{
    struct event_loop *loop = argument;
    while (!atomic_load(&loop->ending))
        run_round(loop);
    return NULL;
}

static bool open_descriptors(struct event_loop *loop)
{
    int requests = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    int inbox = acceptor_inbox(loop->parts.acceptor, loop->parts.worker);
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->set = epoll_create1(EPOLL_CLOEXEC);
    linger_init(&loop->linger, loop->set);
    watch_listener(loop);
    return watch_descriptor(loop, requests, EPOLLIN, &loop->requests) &&
           watch_descriptor(loop, loop->wake, EPOLLIN, &loop->woken) &&
           watch_descriptor(loop, inbox, EPOLLIN, &loop->inbox) && loop->listening;
}

static void destroy_loop(struct event_loop *loop)
{
    MHD_stop_daemon(loop->daemon);
    linger_release(&loop->linger);
    if (loop->set >= 0)
        close(loop->set);
    if (loop->wake >= 0)
        close(loop->wake);
    free(loop);
}

static void init_loop(struct event_loop *loop, struct MHD_Daemon *daemon,
                      const struct event_loop_parts *parts)
{
    loop->daemon = daemon;
    loop->parts = *parts;
    loop->requests.kind = SOURCE_REQUESTS;
    loop->woken.kind = SOURCE_WAKE;
    loop->inbox.kind = SOURCE_INBOX;
    loop->listener.kind = SOURCE_LISTENER;
}

enum digit_status event_loop_start(struct event_loop **out, struct MHD_Daemon *daemon,
                                   const struct event_loop_parts *parts, struct digit_error *error)
{
    struct event_loop *loop = calloc(1, sizeof *loop);
    *out = loop;
    if (loop == NULL) {
        MHD_stop_daemon(daemon);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for an event loop");
    }
    init_loop(loop, daemon, parts);
    int reason =
        open_descriptors(loop) ? pthread_create(&loop->thread, NULL, run_rounds, loop) : errno;
    if (reason == 0)
        return DIGIT_OK;
    destroy_loop(loop);
    *out = NULL;
    return digit_fail(error, DIGIT_IO, "cannot start a thread: %s", strerror(reason));
}

void event_loop_end_idle(struct event_loop *loop)
{
    atomic_store(&loop->ending_idle, true);
}

void event_loop_quiesce(struct event_loop *loop)
{
    atomic_store(&loop->quiescing, true);
    event_loop_wake(loop);
}

bool event_loop_is_quiet(const struct event_loop *loop)
{
    return atomic_load(&loop->is_quiet);
}

void event_loop_wake(struct event_loop *loop)
{
    eventfd_write(loop->wake, 1);
}

bool event_loop_is_own_thread(const struct event_loop *loop)
{
    return pthread_equal(loop->thread, pthread_self()) != 0;
}

bool event_loop_is_lingering(const struct event_loop *loop)
{
    return atomic_load(&loop->lingering) > 0;
}

void event_loop_stop(struct event_loop *loop)
{
    if (loop == NULL)
        return;
    atomic_store(&loop->ending, true);
    event_loop_wake(loop);
    pthread_join(loop->thread, NULL);
    loop->parts.on_wake(loop->parts.cls);
    destroy_loop(loop);
}

void event_loop_note_answer(struct event_loop *loop, int socket)
{
    outbox_hold(&loop->outbox, socket);
}

size_t event_loop_note_connection_begin(struct event_loop *loop)
{
    loop->begun = true;
    return loop->peer;
}

void event_loop_note_connection_end(struct event_loop *loop, size_t peer)
{
    loop->ended = true;
    acceptor_leave(loop->parts.acceptor, loop->parts.worker, peer);
}

void event_loop_watch_connection(struct event_loop *loop, struct connection *connection)
{
    connections_add(&loop->connections, connection);
    watch_descriptor(loop, connection->socket, EPOLLRDHUP | EPOLLET, &connection->source);
}

/* A duplicate would keep the socket in the set, with the connection as its data. */
void event_loop_unwatch_connection(struct event_loop *loop, struct connection *connection)
{
    connections_remove(&loop->connections, connection);
    epoll_ctl(loop->set, EPOLL_CTL_DEL, connection->socket, NULL);
    bool unread = connection->refused || connection->framing.place == HTTP_IN_HEAD ||
                  connection->framing.place == HTTP_IN_BODY;
    if (unread && !connection->half_closed)
        linger_take(&loop->linger, connection->socket);
}

const char *event_loop_library_version(void)
{
    return MHD_get_version();
}

const char *event_loop_library_notice(void)
{
    if (MHD_get_version()[0] != '0')
        return NULL;
    return "this libmicrohttpd is older than 1.0 and lenient with malformed requests; digitd "
           "refuses "
           "them first, but a server that listens beyond loopback belongs behind a proxy that "
           "normalises requests";
}
