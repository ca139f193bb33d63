#include "server/loop.h"

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

#include "server/acceptor.h"
#include "server/outbox.h"

/* How long a loop looks away from new connections where there is no room for one. */
#define PAUSE_MS 100

/* How many connections are accepted before those that are there are looked at again. */
#define ACCEPTED_PER_ROUND 32

/* While libmicrohttpd has more to read, only every so many rounds look at anything else. */
#define ROUNDS_PER_LOOK 8

/* What a loop waits for, as bits, each with its descriptor in the set. */
enum source {
    SOURCE_REQUESTS = 1 << 0, /* libmicrohttpd's epoll descriptor */
    SOURCE_WAKE = 1 << 1,     /* an eventfd: `quiescing` or `ending` has changed */
    SOURCE_INBOX = 1 << 2,    /* connections that other workers accepted */
    SOURCE_LISTENER = 1 << 3, /* connections to be accepted */
    SOURCES = 4
};

struct loop {
    struct MHD_Daemon *daemon;
    struct acceptor *acceptor;
    size_t worker; /* its number for the acceptor */
    struct outbox outbox;
    int set; /* an epoll descriptor */
    int wake;
    unsigned hurried; /* rounds that did not look since the last that did */
    bool listening;   /* the listening socket is in the set */
    bool begun;       /* libmicrohttpd has taken the connection that it was given */
    bool ended;       /* a connection has ended in this round */
    atomic_bool quiescing, ending;
    pthread_t thread;
};

/* Each is woken for a connection, not all of them: epoll_ctl(2), EPOLLEXCLUSIVE. */
static bool watch(const struct loop *loop, int descriptor, enum source source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
    if (source == SOURCE_LISTENER)
        event.events |= EPOLLEXCLUSIVE;
    return epoll_ctl(loop->set, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static void listen_again(struct loop *loop)
{
    if (!loop->listening && !atomic_load(&loop->quiescing))
        loop->listening = watch(loop, acceptor_listener(loop->acceptor), SOURCE_LISTENER);
}

static void look_away(struct loop *loop)
{
    if (loop->listening)
        epoll_ctl(loop->set, EPOLL_CTL_DEL, acceptor_listener(loop->acceptor), NULL);
    loop->listening = false;
}

/* Until libmicrohttpd wants to look at what is silent, or the pause is over; -1 is for ever. */
static int timeout_ms(const struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG ms;
    int longest_ms = loop->listening || atomic_load(&loop->quiescing) ? INT_MAX : PAUSE_MS;
    if (MHD_get_timeout(loop->daemon, &ms) == MHD_YES && ms < (unsigned)longest_ms)
        return (int)ms;
    return longest_ms < INT_MAX ? longest_ms : -1;
}

/*
 * The sources that have something. Waits here and not in MHD_run_wait, which (0.9.75 and 1.0) fetches
 * events in batches of 128 and after a full one sleeps before it looks at them.
 */
static unsigned wait_for_sources(struct loop *loop)
{
    struct epoll_event events[SOURCES];
    unsigned sources = 0;
    int ms = timeout_ms(loop);
    if (ms == 0 && ++loop->hurried < ROUNDS_PER_LOOK)
        return SOURCE_REQUESTS;
    loop->hurried = 0;
    int count = epoll_wait(loop->set, events, SOURCES, ms);
    for (int i = 0; i < count; i++)
        sources |= events[i].data.u32;
    return sources;
}

/* libmicrohttpd closes a socket that it does not take; it may have said before that it does. */
static void add_connection(struct loop *loop, int socket)
{
    const struct sockaddr unknown = {.sa_family = AF_UNSPEC};
    loop->begun = false;
    if (MHD_add_connection(loop->daemon, socket, &unknown, sizeof unknown) != MHD_YES &&
        !loop->begun)
        acceptor_leave(loop->acceptor, loop->worker);
}

static void accept_connections(struct loop *loop)
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
            look_away(loop);
            return;
        case ACCEPTOR_NONE:
            return;
        }
    }
}

static void collect_connections(struct loop *loop)
{
    for (int socket; (socket = acceptor_collect(loop->acceptor, loop->worker)) >= 0;)
        add_connection(loop, socket);
}

/* One round: waits for what there is to do, and does it. */
static void turn(struct loop *loop)
{
    unsigned sources = wait_for_sources(loop);
    loop->ended = false;
    if (sources & SOURCE_WAKE)
        eventfd_read(loop->wake, &(eventfd_t){0});
    if (atomic_load(&loop->quiescing))
        look_away(loop);
    else if (sources & SOURCE_LISTENER)
        accept_connections(loop);
    if (sources & SOURCE_INBOX)
        collect_connections(loop);
    MHD_run(loop->daemon);
    outbox_release(&loop->outbox);
    if (loop->ended || sources == 0)
        listen_again(loop);
}

static void *run(void *argument)
{
    struct loop *loop = argument;
    while (!atomic_load(&loop->ending))
        turn(loop);
    return NULL;
}

static bool open_descriptors(struct loop *loop)
{
    int requests = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->set = epoll_create1(EPOLL_CLOEXEC);
    listen_again(loop);
    return watch(loop, requests, SOURCE_REQUESTS) && watch(loop, loop->wake, SOURCE_WAKE) &&
           watch(loop, acceptor_inbox(loop->acceptor, loop->worker), SOURCE_INBOX) &&
           loop->listening;
}

static void release(struct loop *loop)
{
    MHD_stop_daemon(loop->daemon);
    if (loop->set >= 0)
        close(loop->set);
    if (loop->wake >= 0)
        close(loop->wake);
    free(loop);
}

enum digit_status loop_start(struct loop **out, struct MHD_Daemon *daemon,
                             struct acceptor *acceptor, size_t worker, struct digit_error *error)
{
    struct loop *loop = calloc(1, sizeof *loop);
    *out = loop;
    if (loop == NULL) {
        MHD_stop_daemon(daemon);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a thread");
    }
    loop->daemon = daemon;
    loop->acceptor = acceptor;
    loop->worker = worker;
    int reason = open_descriptors(loop) ? pthread_create(&loop->thread, NULL, run, loop) : errno;
    if (reason == 0)
        return DIGIT_OK;
    release(loop);
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
    release(loop);
}

void loop_answers(struct loop *loop, int socket)
{
    outbox_hold(&loop->outbox, socket);
}

void loop_connection_begins(struct loop *loop)
{
    loop->begun = true;
}

void loop_connection_ends(struct loop *loop)
{
    loop->ended = true;
    acceptor_leave(loop->acceptor, loop->worker);
}
