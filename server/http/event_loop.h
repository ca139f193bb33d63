/*
 * The event loop of one worker: the thread that waits until a connection of the worker is readable
 * or a new one may be accepted, has libmicrohttpd serve the connections, and sends the answers.
 *
 *     status = event_loop_start(&loop, daemon, acceptor, worker, &error);
 *     event_loop_quiesce(loop);
 *     event_loop_stop(loop);
 */
#ifndef SERVER_HTTP_EVENT_LOOP_H
#define SERVER_HTTP_EVENT_LOOP_H

#include <stddef.h>

#include <digit/status.h>

struct MHD_Daemon;
struct acceptor;
struct event_loop;

/*
 * Starts the thread, which accepts connections as number `worker` of the acceptor. Takes over
 * `daemon`, which has MHD_USE_EPOLL, no listening socket and no threads of its own; if starting
 * fails, the daemon is stopped. `*out` is set before the daemon's first callback. The acceptor
 * outlives the loop.
 * Errors: IO (no thread, no descriptor), NO_MEMORY. Threads: one, for this function,
 * event_loop_quiesce and event_loop_stop.
 */
DIGIT_MUST_CHECK enum digit_status event_loop_start(struct event_loop **out,
                                                    struct MHD_Daemon *daemon,
                                                    struct acceptor *acceptor, size_t worker,
                                                    struct digit_error *error);

/* No further connections are accepted; those that are open are served on. */
void event_loop_quiesce(struct event_loop *loop);

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
 * To be called when the daemon notifies that a connection has begun or has ended. Threads: as
 * event_loop_note_answer, and within event_loop_stop.
 */
void event_loop_note_connection_begin(struct event_loop *loop);
void event_loop_note_connection_end(struct event_loop *loop);

/* The version of libmicrohttpd that runs, "0.9.75". Threads: any. */
const char *event_loop_library_version(void);

#endif
