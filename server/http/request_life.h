/*
 * A request's life: from its headers through its body to the answer. This is the libmicrohttpd
 * daemon of one worker with its callbacks; an event loop runs it.
 *
 *     status = request_life_create_daemon(&daemon, worker, &error);
 *     status = event_loop_start(&worker->event_loop, daemon, acceptor, worker->index, &error);
 *
 * A request is received and answered in the thread of its connection, without a queue, a lock or a
 * hand-over, unless it is so costly that the lane answers it (lane.h).
 */
#ifndef SERVER_HTTP_REQUEST_LIFE_H
#define SERVER_HTTP_REQUEST_LIFE_H

#include <digit/status.h>

struct MHD_Daemon;
struct worker;

/*
 * Makes a daemon that event_loop_start takes over; its callbacks answer requests as `worker`. All
 * members of the worker but event_loop are set by then, event_loop before the first connection is
 * added. The worker outlives the daemon. Errors: IO.
 */
DIGIT_MUST_CHECK enum digit_status request_life_create_daemon(struct MHD_Daemon **out,
                                                              struct worker *worker,
                                                              struct digit_error *error);

/*
 * Lets connections go on whose costly requests the lane has answered. Threads: the worker's, between
 * rounds of its event loop.
 */
void request_life_resume(struct worker *worker);

#endif
