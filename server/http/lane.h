/*
 * The lane for costly requests: threads of their own, which answer what would keep a worker busy
 * for more than about a millisecond, and the bounded queue before them.
 *
 * The queue is bounded by the number of requests and by their estimated work. A request is taken as
 * long as the work before it is below the limit, so that a single request of any size is taken by
 * an empty lane. The threads run at a lower priority (nice 10) than the workers.
 *
 *     lane_create(&lane, workers, &limits, wake, cls, &error);
 *     lane_start_thread(lane, settings, predictor, shard, &error);       for each thread
 *     if (!lane_submit(lane, exchange, cost_ms)) ...           503
 *     exchange = lane_collect(lane, worker_index);             when the worker's `wake` was called
 *     lane_stop(lane);
 *     lane_destroy(lane);
 *
 * An exchange belongs to the lane from lane_submit until lane_collect returns it.
 * Threads: any; lane_collect the worker's own; create, start, stop and destroy one thread's.
 */
#ifndef SERVER_HTTP_LANE_H
#define SERVER_HTTP_LANE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

struct exchange;
struct lane;
struct metrics_shard;
struct predictor;
struct settings;
struct settings_offer;

struct lane_limits {
    size_t queued;  /* requests that wait */
    size_t work_ms; /* estimated work of requests that wait or run */
};

/* What a lane holds at a moment. */
struct lane_load {
    size_t queued;
    size_t running;
    double work_ms; /* estimated, of both */
};

/*
 * Makes a lane without threads for `workers` workers. A thread of the lane calls `wake(cls, worker)`
 * when lane_collect has something for that worker. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status lane_create(struct lane **out, size_t workers,
                                               const struct lane_limits *limits,
                                               void (*wake)(void *cls, size_t worker), void *cls,
                                               struct digit_error *error);

/*
 * Starts a thread that answers with `settings` and `predictor` and counts in `shard`; all are
 * borrowed until lane_stop. Errors: IO (no thread), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
lane_start_thread(struct lane *lane, const struct settings *settings, struct predictor *predictor,
                  struct metrics_shard *shard, struct digit_error *error);

/* Offers settings to thread `thread`, counted from 0, which takes them when it is idle. */
void lane_offer(struct lane *lane, size_t thread, struct settings_offer *offer);

void lane_set_limits(struct lane *lane, const struct lane_limits *limits);

/*
 * Queues the exchange of worker `exchange->request.worker`, whose route's handler a thread of the
 * lane then calls. False, and the exchange stays the caller's, if the lane is full.
 */
DIGIT_MUST_CHECK bool lane_submit(struct lane *lane, struct exchange *exchange, double cost_ms);

/* The next exchange of the worker whose answer is ready; NULL if there is none. */
struct exchange *lane_collect(struct lane *lane, size_t worker);

struct lane_load lane_load(struct lane *lane);

/*
 * Ends the threads. Each finishes the request that it runs; those that wait are given back to
 * lane_collect with 503.
 */
void lane_stop(struct lane *lane);

/* The threads have been stopped. NULL is allowed. */
void lane_destroy(struct lane *lane);

#endif
