/*
 * The event loop of one worker: the thread that waits until a connection of the worker is readable
 * or a new one may be accepted, has libmicrohttpd serve the connections, sends the answers, and ends
 * connections that are too slow or whose peer has gone.
 *
 *     status = event_loop_start(&loop, daemon, &parts, &error);
 *     event_loop_end_idle(loop);
 *     event_loop_quiesce(loop);
 *     if (event_loop_is_quiet(loop)) ...
 *     event_loop_stop(loop);
 */
#ifndef SERVER_HTTP_EVENT_LOOP_H
#define SERVER_HTTP_EVENT_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

struct MHD_Daemon;
struct acceptor;
struct connection;
struct event_loop;
struct metrics_shard;
struct settings;

/* What an event loop works with; all of it outlives the loop. */
struct event_loop_parts {
    struct acceptor *acceptor;
    size_t worker;                             /* number of the worker in the acceptor */
    struct metrics_shard *shard;               /* where the thread's busy time counts */
    const struct settings *const *settings;    /* in force: the time limits of connections */
    void (*on_wake)(void *cls);                /* called in the thread after event_loop_wake */
    void (*on_refused)(void *cls, int socket); /* to answer ACCEPTOR_REFUSED */
    void *cls;
};

/*
 * Starts the thread. Takes over `daemon`, which has MHD_USE_EPOLL, no listening socket and no
 * threads of its own; if starting fails, the daemon is stopped. `*out` is set before the daemon's
 * first callback.
 * Errors: IO (no thread, no descriptor), NO_MEMORY. Threads: one, for this function, event_loop_quiesce
 * and event_loop_stop.
 */
DIGIT_MUST_CHECK enum digit_status event_loop_start(struct event_loop **out,
                                                    struct MHD_Daemon *daemon,
                                                    const struct event_loop_parts *parts,
                                                    struct digit_error *error);

/* From now on, connections are closed once they have been idle for a second. */
void event_loop_end_idle(struct event_loop *loop);

/*
 * No further connections are accepted; those that are open are served on. The listening socket may
 * be closed when event_loop_is_quiet says that the thread no longer watches it, which is after the
 * round that the thread is in.
 */
void event_loop_quiesce(struct event_loop *loop);
bool event_loop_is_quiet(const struct event_loop *loop);

/* Has the thread call on_wake soon. Threads: any. */
void event_loop_wake(struct event_loop *loop);

/* Whether the calling thread is the loop's. */
bool event_loop_is_own_thread(const struct event_loop *loop);

/* Whether a socket lingers (linger.h). Threads: any. */
bool event_loop_is_lingering(const struct event_loop *loop);

/*
 * Finishes the round that the thread is in, joins the thread, closes the connections, stops the
 * daemon and frees the loop. NULL is allowed.
 */
void event_loop_stop(struct event_loop *loop);

/*
 * To be called before an answer is written to `socket`. Threads: the loop's, in the daemon's
 * callbacks.
 */
void event_loop_note_answer(struct event_loop *loop, int socket);

/*
 * To be called when the daemon notifies that a connection has begun or has ended. The first returns
 * what the second needs. Threads: as event_loop_note_answer, and within event_loop_stop.
 */
size_t event_loop_note_connection_begin(struct event_loop *loop);
void event_loop_note_connection_end(struct event_loop *loop, size_t peer);

/*
 * Watches the connection's time limits and its peer, until event_loop_unwatch_connection, which is
 * to be called before the socket is closed. If a request has not been read to its end, the socket
 * lingers (linger.h). Threads: as above.
 */
void event_loop_watch_connection(struct event_loop *loop, struct connection *connection);
void event_loop_unwatch_connection(struct event_loop *loop, struct connection *connection);

/* The version of libmicrohttpd that runs, "0.9.75". Threads: any. */
const char *event_loop_library_version(void);

/*
 * What an operator has to know about that version; NULL if there is nothing to know. A sentence
 * without a full stop. Threads: any.
 */
const char *event_loop_library_notice(void);

#endif
