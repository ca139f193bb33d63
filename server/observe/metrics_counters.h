/*
 * The layout of a shard: one array of counters, so that a scrape is one loop over the shards.
 * Internal to the metrics: metrics.c counts, metrics_write.c writes the exposition.
 */
#ifndef SERVER_OBSERVE_METRICS_COUNTERS_H
#define SERVER_OBSERVE_METRICS_COUNTERS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>

#include "server/format/http_method.h"
#include "server/observe/metrics_handler.h"

/* The values of the label `code`; any other status is counted as "other". */
#define METRICS_CODE_COUNT 12
extern const unsigned metrics_codes[METRICS_CODE_COUNT];

/* Upper bounds of a histogram's buckets, ascending; the last bucket has none. */
struct histogram_bounds {
    size_t count;
    const double *upper;
};
extern const struct histogram_bounds metrics_seconds_bounds;
extern const struct histogram_bounds metrics_confidence_bounds;

#define HISTOGRAM_MAX_BOUNDS 15
/* A histogram's counters: one for each bucket, not cumulative, then the sum in units of 1e-9. */
#define HISTOGRAM_COUNTERS (HISTOGRAM_MAX_BOUNDS + 2)
#define HISTOGRAM_SUM      (HISTOGRAM_MAX_BOUNDS + 1)

/* Where each counter or run of counters begins. */
enum {
    /*
     * One number that goes up and down. The difference of two counters, requests begun and ended,
     * would be wrong if the scraping thread were held up between reading them.
     */
    COUNTER_IN_FLIGHT,
    COUNTER_CONNECTIONS, /* goes up and down, too */
    COUNTER_PREDICTIONS, /* [DIGIT_CLASSES] */
    COUNTER_UNCERTAIN = COUNTER_PREDICTIONS + DIGIT_CLASSES,
    COUNTER_CONFIDENCE,                                          /* a histogram */
    COUNTER_INFERENCE = COUNTER_CONFIDENCE + HISTOGRAM_COUNTERS, /* a histogram */
    COUNTER_DURATIONS = COUNTER_INFERENCE + HISTOGRAM_COUNTERS,  /* [handler] histograms */
    COUNTER_REQUESTS =                                           /* [handler][method][code] */
    COUNTER_DURATIONS + METRICS_HANDLERS * HISTOGRAM_COUNTERS,
    COUNTER_COUNT =
        COUNTER_REQUESTS + METRICS_HANDLERS * HTTP_METHOD_COUNT * (METRICS_CODE_COUNT + 1),
};

#define CACHE_LINE_BYTES 64

struct metrics_shard {
    alignas(CACHE_LINE_BYTES) _Atomic uint64_t counters[COUNTER_COUNT];
};

struct metrics {
    struct metrics_shard *shards; /* [worker_count] */
    size_t worker_count;
    size_t max_connections;
    const struct digit_model_info *model;
};

/* Where a request is counted. code_index: into metrics_codes, or METRICS_CODE_COUNT for "other". */
size_t metrics_request_counter(enum metrics_handler handler, enum http_method method,
                               size_t code_index);

/* Adds up every counter over the shards. */
void metrics_sum(uint64_t out[COUNTER_COUNT], const struct metrics *metrics);

#endif
