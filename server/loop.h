/*
 * The thread that answers a worker's connections: it waits until one of them has something, lets
 * libmicrohttpd look at all of them, sends the answers, and looks again until nothing has happened.
 *
 *     status = loop_start(&loop, daemon, &error);
 *     loop_quiesce(loop);
 *     loop_stop(loop);
 */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

#include <digit/status.h>

struct MHD_Daemon;
struct loop;

/*
 * Starts the thread and takes over `daemon`, which has MHD_USE_EPOLL and no threads of its own; if it
 * fails, the daemon is stopped. `*out` is set before the daemon's first callback.
 * Errors: IO (no thread, no descriptor), NO_MEMORY. Threads: one, for this, loop_quiesce and loop_stop.
 */
DIGIT_MUST_CHECK enum digit_status loop_start(struct loop **out, struct MHD_Daemon *daemon,
                                              struct digit_error *error);

/* Has libmicrohttpd leave the listening socket, which stays open, before it looks next. */
void loop_quiesce(struct loop *loop);

/*
 * Joins the thread, after the answers that it is at, closes the connections, stops the daemon but
 * leaves its listening socket open, and frees the loop. NULL is taken.
 */
void loop_stop(struct loop *loop);

/* An answer is about to be written to the socket. Threads: the loop's, in the daemon's callbacks. */
void loop_answers(struct loop *loop, int socket);

/* A connection has begun or ended. Threads: as loop_answers, and within loop_stop. */
void loop_connections_changed(struct loop *loop);

#endif
