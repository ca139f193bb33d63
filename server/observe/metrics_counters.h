/*
 * The layout of a shard: one array of counters, so that a scrape is one loop over the shards.
 * Internal to the metrics: metrics.c counts, metrics_write.c writes the exposition.
 */
#ifndef SERVER_OBSERVE_METRICS_COUNTERS_H
#define SERVER_OBSERVE_METRICS_COUNTERS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>
#include <digit/preprocess.h>
#include <digit/status.h>

#include "server/format/http_method.h"
#include "server/observe/exemplar.h"
#include "server/observe/metrics_labels.h"
#include "server/observe/metrics_options.h"

/* The values of the label `code`; any other status is counted as "other". */
#define METRICS_CODE_COUNT 16
extern const unsigned metrics_codes[METRICS_CODE_COUNT];

/* Units in which values that are no whole numbers are added up. */
#define METRICS_BILLIONTHS UINT64_C(1000000000)

/* Upper bounds of a histogram's buckets, ascending; the last bucket has none. */
struct histogram_bounds {
    size_t count;
    uint64_t scale; /* the sum is in units of 1 / scale: 1 or METRICS_BILLIONTHS */
    const double *upper;
};
extern const struct histogram_bounds metrics_seconds_bounds;
extern const struct histogram_bounds metrics_confidence_bounds;
extern const struct histogram_bounds metrics_bytes_bounds;
extern const struct histogram_bounds metrics_digits_bounds;

#define HISTOGRAM_MAX_BOUNDS 15
/* A histogram's counters: one for each bucket, not cumulative, then the sum. */
#define HISTOGRAM_COUNTERS (HISTOGRAM_MAX_BOUNDS + 2)
#define HISTOGRAM_SUM      (HISTOGRAM_MAX_BOUNDS + 1)

/*
 * X(name, number of counters): all counters of a shard. IN_FLIGHT and CONNECTIONS go up and down:
 * the difference of two counters, begun and ended, would be wrong if the scraping thread were held
 * up between reading them.
 */
#define METRICS_COUNTER_TABLE(X)                                                                   \
    X(IN_FLIGHT, 1)                                                                                \
    X(CONNECTIONS, 1)                                                                              \
    X(PREDICTIONS, DIGIT_CLASSES)                                                                  \
    X(UNCERTAIN, 1)                                                                                \
    X(CONFIDENCE, HISTOGRAM_COUNTERS)                                                              \
    X(DIGITS, HISTOGRAM_COUNTERS)                                                                  \
    X(BODY, HISTOGRAM_COUNTERS)                                                                    \
    X(PHASES, METRICS_PHASES *HISTOGRAM_COUNTERS)      /* [phase] histograms */                    \
    X(DURATIONS, METRICS_HANDLERS *HISTOGRAM_COUNTERS) /* [handler] histograms */                  \
    X(PROBLEMS, METRICS_MAX_PROBLEMS)                                                              \
    X(REJECTED, METRICS_REJECTIONS)                                                                \
    X(TIMEOUTS, METRICS_TIMEOUTS)                                                                  \
    X(ABORTS, METRICS_ABORTS)                                                                      \
    X(WARNINGS, DIGIT_WARNINGS_COUNT)                                                              \
    X(FORMATS, METRICS_FORMATS)                                                                    \
    X(BUSY, 1) /* in units of METRICS_BILLIONTHS of a second */                                    \
    X(REQUESTS, METRICS_HANDLERS *HTTP_METHOD_COUNT *(METRICS_CODE_COUNT + 1))

/* Where each of them begins. COUNTER_x_LAST only has the next one begin after it. */
enum {
#define X(name, count) COUNTER_##name, COUNTER_##name##_LAST = COUNTER_##name + (int)(count)-1,
    METRICS_COUNTER_TABLE(X)
#undef X
        COUNTER_COUNT,
};

#define CACHE_LINE_BYTES 64

struct metrics_shard {
    alignas(CACHE_LINE_BYTES) _Atomic uint64_t counters[COUNTER_COUNT];
    struct exemplar exemplars[METRICS_HANDLERS][HISTOGRAM_MAX_BOUNDS + 1]; /* of the durations */
};

struct metrics {
    struct metrics_shard *shards; /* [shard_count]: the threads of each role in turn */
    size_t shard_count;
    size_t first_of_role[METRICS_ROLES];
    size_t threads_of_role[METRICS_ROLES];
    struct metrics_options options;
};

/* Where a request is counted. code_index: into metrics_codes, or METRICS_CODE_COUNT for "other". */
size_t metrics_request_counter(enum metrics_handler handler, enum http_method method,
                               size_t code_index);

/* Adds up every counter over the shards. */
void metrics_sum(uint64_t out[COUNTER_COUNT], const struct metrics *metrics);

/*
 * The latest exemplar of bucket `bucket` of a handler's durations, over the shards. False if there
 * is none.
 */
DIGIT_MUST_CHECK bool metrics_latest_exemplar(struct exemplar_copy *out,
                                              const struct metrics *metrics,
                                              enum metrics_handler handler, size_t bucket);

#endif
