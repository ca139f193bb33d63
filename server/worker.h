/*
 * What one of the server's threads owns: the context it runs the model in and the memory that a request
 * is read into. Made before the server starts, so that a request which fits the limits needs only
 * memory for its own body and answer.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/status.h>

#include "server/exchange_pool.h"

struct metrics_shard;
struct predict_source;
struct service;

struct worker {
    size_t index;
    struct digit_context *context;
    struct metrics_shard *shard;          /* borrowed from the service's metrics */
    float *pixels;                        /* [max_instances][DIGIT_PIXELS], 0 ground to 1 ink */
    struct predict_source *sources;       /* [max_instances] */
    struct digit_prediction *predictions; /* [max_instances] */
    uint8_t *scratch;                     /* [scratch_bytes]: bytes decoded from base64 */
    size_t scratch_bytes;
    struct digit_image_arena arena; /* that pictures are decoded in */
    struct digit_preprocessor *preprocessor;
    struct exchange_pool exchanges; /* that serve again */
    uint64_t id_seed;               /* random; begins the request identifiers made here */
    uint64_t id_count;              /* identifiers made so far */
    atomic_size_t in_flight; /* requests begun and not completed; written by this thread only */
};

/*
 * Fills `out` for worker `index` of a service whose config, model and metrics are set.
 * Release it with worker_release. Errors: NO_MEMORY, IO (no random bytes); `out` then holds
 * nothing.
 */
DIGIT_MUST_CHECK enum digit_status worker_init(struct worker *out, const struct service *service,
                                               size_t index, struct digit_error *error);

/* Frees what the worker owns; a zeroed worker is taken too. */
void worker_release(struct worker *worker);

#endif
