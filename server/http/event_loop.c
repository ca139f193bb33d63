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
#include "server/http/outbox.h"

/*
 * How long a loop stops watching the listening socket when no further connection can be accepted.
 */
#define PAUSE_MS 100

/* Connections accepted in one round, before the open ones are served again. */
#define ACCEPTED_PER_ROUND 32

/* While libmicrohttpd has more to read, only one in so many rounds checks the other sources. */
#define ROUNDS_PER_CHECK 8

/* What a loop waits for: bits, each with its descriptor in the epoll set. */
enum source {
    SOURCE_REQUESTS = 1 << 0, /* libmicrohttpd's epoll descriptor */
    SOURCE_WAKE = 1 << 1,     /* an eventfd, written when `quiescing` or `ending` is set */
    SOURCE_INBOX = 1 << 2,    /* connections that other workers have accepted for this one */
    SOURCE_LISTENER = 1 << 3, /* connections to accept */
    SOURCES = 4
};

struct event_loop {
    struct MHD_Daemon *daemon;
    struct acceptor *acceptor;
    size_t worker; /* the number of this worker in the acceptor */
    struct outbox outbox;
    int set; /* an epoll descriptor */
    int wake;
    unsigned unchecked; /* rounds since the last that checked all sources */
    bool listening;     /* the listening socket is in the set */
    bool begun;         /* libmicrohttpd has taken the connection that it was given last */
    bool ended;         /* a connection has ended in this round */
    atomic_bool quiescing, ending;
    pthread_t thread;
};

/* A new connection wakes one worker instead of all of them (epoll_ctl(2), EPOLLEXCLUSIVE). */
static bool watch_descriptor(const struct event_loop *loop, int descriptor, enum source source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
    if (source == SOURCE_LISTENER)
        event.events |= EPOLLEXCLUSIVE;
    return epoll_ctl(loop->set, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static void watch_listener(struct event_loop *loop)
{
    if (!loop->listening && !atomic_load(&loop->quiescing))
        loop->listening =
            watch_descriptor(loop, acceptor_listener(loop->acceptor), SOURCE_LISTENER);
}

static void unwatch_listener(struct event_loop *loop)
{
    if (loop->listening)
        epoll_ctl(loop->set, EPOLL_CTL_DEL, acceptor_listener(loop->acceptor), NULL);
    loop->listening = false;
}

/*
 * How long to wait at most: until libmicrohttpd checks for silent connections, or the pause is
 * over; -1 for as long as it takes.
 */
static int timeout_ms(const struct event_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG ms;
    int longest_ms = loop->listening || atomic_load(&loop->quiescing) ? INT_MAX : PAUSE_MS;
    if (MHD_get_timeout(loop->daemon, &ms) == MHD_YES && ms < (unsigned)longest_ms)
        return (int)ms;
    return longest_ms < INT_MAX ? longest_ms : -1;
}

/*
 * Waits and returns the sources that are ready. It does not use MHD_run_wait, which (in 0.9.75 and
 * 1.0) fetches events in batches of 128 and sleeps after a full batch before it handles them.
 */
static unsigned wait_for_sources(struct event_loop *loop)
{
    struct epoll_event events[SOURCES];
    unsigned sources = 0;
    int ms = timeout_ms(loop);
    if (ms == 0 && ++loop->unchecked < ROUNDS_PER_CHECK)
        return SOURCE_REQUESTS;
    loop->unchecked = 0;
    int count = epoll_wait(loop->set, events, SOURCES, ms);
    for (int i = 0; i < count; i++)
        sources |= events[i].data.u32;
    return sources;
}

/*
 * libmicrohttpd closes a socket that it does not take. If it has notified the beginning of the
 * connection before, it notifies the end too, and event_loop_note_connection_end has told the acceptor.
 */
static void add_connection(struct event_loop *loop, int socket)
{
    const struct sockaddr unknown = {.sa_family = AF_UNSPEC};
    loop->begun = false;
    if (MHD_add_connection(loop->daemon, socket, &unknown, sizeof unknown) != MHD_YES &&
        !loop->begun)
        acceptor_leave(loop->acceptor, loop->worker);
}

static void accept_connections(struct event_loop *loop)
{
    for (int i = 0; i < ACCEPTED_PER_ROUND; i++) {
        int socket;
        switch (acceptor_take(loop->acceptor, loop->worker, &socket)) {
        case ACCEPTOR_MINE:
            add_connection(loop, socket);
            break;
        case ACCEPTOR_HANDED:
            break;
        case ACCEPTOR_FULL:
            unwatch_listener(loop);
            return;
        case ACCEPTOR_NONE:
            return;
        }
    }
}

static void collect_connections(struct event_loop *loop)
{
    for (int socket; (socket = acceptor_collect(loop->acceptor, loop->worker)) >= 0;)
        add_connection(loop, socket);
}

/* Waits for sources that are ready and handles them. */
static void run_round(struct event_loop *loop)
{
    unsigned sources = wait_for_sources(loop);
    loop->ended = false;
    if (sources & SOURCE_WAKE)
        eventfd_read(loop->wake, &(eventfd_t){0});
    if (atomic_load(&loop->quiescing))
        unwatch_listener(loop);
    else if (sources & SOURCE_LISTENER)
        accept_connections(loop);
    if (sources & SOURCE_INBOX)
        collect_connections(loop);
    MHD_run(loop->daemon);
    outbox_release(&loop->outbox);
    if (loop->ended || sources == 0)
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
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->set = epoll_create1(EPOLL_CLOEXEC);
    watch_listener(loop);
    return watch_descriptor(loop, requests, SOURCE_REQUESTS) &&
           watch_descriptor(loop, loop->wake, SOURCE_WAKE) &&
           watch_descriptor(loop, acceptor_inbox(loop->acceptor, loop->worker), SOURCE_INBOX) &&
           loop->listening;
}

static void destroy_loop(struct event_loop *loop)
{
    MHD_stop_daemon(loop->daemon);
    if (loop->set >= 0)
        close(loop->set);
    if (loop->wake >= 0)
        close(loop->wake);
    free(loop);
}

enum digit_status event_loop_start(struct event_loop **out, struct MHD_Daemon *daemon,
                                   struct acceptor *acceptor, size_t worker,
                                   struct digit_error *error)
{
    struct event_loop *loop = calloc(1, sizeof *loop);
    *out = loop;
    if (loop == NULL) {
        MHD_stop_daemon(daemon);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for an event loop");
    }
    loop->daemon = daemon;
    loop->acceptor = acceptor;
    loop->worker = worker;
    int reason =
        open_descriptors(loop) ? pthread_create(&loop->thread, NULL, run_rounds, loop) : errno;
    if (reason == 0)
        return DIGIT_OK;
    destroy_loop(loop);
    *out = NULL;
    return digit_fail(error, DIGIT_IO, "cannot start a thread: %s", strerror(reason));
}

void event_loop_quiesce(struct event_loop *loop)
{
    atomic_store(&loop->quiescing, true);
    eventfd_write(loop->wake, 1);
}

void event_loop_stop(struct event_loop *loop)
{
    if (loop == NULL)
        return;
    atomic_store(&loop->ending, true);
    eventfd_write(loop->wake, 1);
    pthread_join(loop->thread, NULL);
    destroy_loop(loop);
}

void event_loop_note_answer(struct event_loop *loop, int socket)
{
    outbox_hold(&loop->outbox, socket);
}

void event_loop_note_connection_begin(struct event_loop *loop)
{
    loop->begun = true;
}

void event_loop_note_connection_end(struct event_loop *loop)
{
    loop->ended = true;
    acceptor_leave(loop->acceptor, loop->worker);
}

const char *event_loop_library_version(void)
{
    return MHD_get_version();
}
