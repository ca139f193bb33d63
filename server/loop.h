/*
 * The thread that answers a worker's connections: round after round it waits until one of them has
 * something or there is a new one, lets libmicrohttpd look at them, and sends the answers.
 *
 *     status = loop_start(&loop, daemon, acceptor, worker, &error);
 *     loop_quiesce(loop);
 *     loop_stop(loop);
 */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

#include <stddef.h>

#include <digit/status.h>

struct MHD_Daemon;
struct acceptor;
struct loop;

/*
 * Starts the thread, which takes connections as `worker` of the acceptor, and takes over `daemon`, which
 * has MHD_USE_EPOLL, no listening socket and no threads of its own; if it fails, the daemon is stopped.
 * `*out` is set before the daemon's first callback. The acceptor outlives the loop.
 * Errors: IO (no thread, no descriptor), NO_MEMORY. Threads: one, for this, loop_quiesce and loop_stop.
 */
DIGIT_MUST_CHECK enum digit_status loop_start(struct loop **out, struct MHD_Daemon *daemon,
                                              struct acceptor *acceptor, size_t worker,
                                              struct digit_error *error);

/* No more connections are accepted; those that were accepted before are served. */
void loop_quiesce(struct loop *loop);

/*
 * Joins the thread, after the answers that it is at, closes the connections, stops the daemon and
 * frees the loop. NULL is taken.
 */
void loop_stop(struct loop *loop);

/* An answer is about to be written to the socket. Threads: the loop's, in the daemon's callbacks. */
void loop_answers(struct loop *loop, int socket);

/*
 * A connection has begun, or has ended: the daemon's notifications, to be passed on. Threads: as
 * loop_answers, and within loop_stop.
 */
void loop_connection_begins(struct loop *loop);
void loop_connection_ends(struct loop *loop);

#endif
