/*
 * One of the server's threads, and what only this thread uses.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/exchange_pool.h"

struct metrics_shard;
struct predictor;
struct service;

struct worker {
    size_t index;
    struct metrics_shard *shard;    /* borrowed from the service's metrics */
    struct predictor *predictor;    /* that POST /predict runs; the server's, which destroys it */
    struct exchange_pool exchanges; /* for reuse */
    uint64_t id_seed;        /* random; the request ids that this worker makes begin with it */
    uint64_t id_count;       /* request ids made so far */
    atomic_size_t in_flight; /* requests begun and not completed; written by this thread only */
};

/*
 * Fills `out` for worker `index` of a service whose metrics are set. Release it with worker_release.
 * Errors: IO (no random bytes); `out` then holds nothing.
 */
DIGIT_MUST_CHECK enum digit_status worker_init(struct worker *out, const struct service *service,
                                               size_t index, struct digit_error *error);

/* Frees what the worker owns; a zeroed worker is taken too. */
void worker_release(struct worker *worker);

#endif
