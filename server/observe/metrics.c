#include "server/observe/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "server/observe/clock.h"
#include "server/observe/metrics_counters.h"

const unsigned metrics_codes[METRICS_CODE_COUNT] = {200, 204, 304, 400, 404, 405, 408, 413,
                                                    414, 415, 422, 431, 500, 501, 503, 505};

static const double seconds_bounds[] = {50e-6, 100e-6, 250e-6, 500e-6, 1e-3,   2.5e-3, 5e-3, 10e-3,
                                        25e-3, 50e-3,  100e-3, 250e-3, 500e-3, 1.0,    2.5};
static const double confidence_bounds[] = {0.2, 0.3, 0.4,  0.5,  0.6,   0.7,
                                           0.8, 0.9, 0.95, 0.99, 0.999, 1.0};
static const double bytes_bounds[] = {256.0,    1024.0,    4096.0,    16384.0,   65536.0,
                                      262144.0, 1048576.0, 4194304.0, 16777216.0};
static const double digits_bounds[] = {1.0,  2.0,   4.0,   8.0,   16.0,  32.0,
                                       64.0, 128.0, 256.0, 512.0, 1024.0};

#define BOUNDS(upper, scale)                                                                       \
    {                                                                                              \
        sizeof(upper) / sizeof(upper)[0], scale, upper                                             \
    }

const struct histogram_bounds metrics_seconds_bounds = BOUNDS(seconds_bounds, METRICS_BILLIONTHS);
const struct histogram_bounds metrics_confidence_bounds =
    BOUNDS(confidence_bounds, METRICS_BILLIONTHS);
const struct histogram_bounds metrics_bytes_bounds = BOUNDS(bytes_bounds, 1);
const struct histogram_bounds metrics_digits_bounds = BOUNDS(digits_bounds, 1);

/* Adding this modulo 2^64 subtracts one. */
#define MINUS_ONE UINT64_MAX

/* The threads of each role have consecutive shards. */
static void divide_shards(struct metrics *metrics)
{
    const struct metrics_options *options = &metrics->options;
    metrics->threads_of_role[METRICS_ROLE_WORKER] = options->workers;
    metrics->threads_of_role[METRICS_ROLE_PICTURE] = options->picture_threads;
    metrics->threads_of_role[METRICS_ROLE_ADMIN] = 1;
    for (size_t role = 0; role < METRICS_ROLES; role++) {
        metrics->first_of_role[role] = metrics->shard_count;
        metrics->shard_count += metrics->threads_of_role[role];
    }
}

static bool allocate_shards(struct metrics *metrics)
{
    size_t count = metrics->shard_count;
    if (count > SIZE_MAX / sizeof *metrics->shards)
        return false;
    metrics->shards = aligned_alloc(CACHE_LINE_BYTES, count * sizeof *metrics->shards);
    if (metrics->shards != NULL)
        memset(metrics->shards, 0, count * sizeof *metrics->shards);
    return metrics->shards != NULL;
}

enum digit_status metrics_create(struct metrics **out, const struct metrics_options *options,
                                 struct digit_error *error)
{
    *out = NULL;
    if (options->problem_count > METRICS_MAX_PROBLEMS)
        return digit_fail(error, DIGIT_INVALID, "there are %zu problems to count, at most %d",
                          options->problem_count, METRICS_MAX_PROBLEMS);
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics != NULL) {
        metrics->options = *options;
        divide_shards(metrics);
    }
    if (metrics == NULL || !allocate_shards(metrics)) {
        free(metrics);
        return digit_fail(error, DIGIT_NO_MEMORY,
                          "no memory for the metrics of %zu workers and %zu picture threads",
                          options->workers, options->picture_threads);
    }
    *out = metrics;
    return DIGIT_OK;
}

void metrics_destroy(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    free(metrics->shards);
    free(metrics);
}

struct metrics_shard *metrics_shard(struct metrics *metrics, enum metrics_role role, size_t index)
{
    return &metrics->shards[metrics->first_of_role[role] + index];
}

/* A shard has one writer: a load and a store are enough, and cheaper than an atomic addition. */
static void add_to_counter(struct metrics_shard *shard, size_t counter, uint64_t amount)
{
    uint64_t value = atomic_load_explicit(&shard->counters[counter], memory_order_relaxed);
    atomic_store_explicit(&shard->counters[counter], value + amount, memory_order_relaxed);
}

static size_t bucket_of(const struct histogram_bounds *bounds, double value)
{
    size_t bucket = 0;
    while (bucket < bounds->count && value > bounds->upper[bucket])
        bucket++;
    return bucket;
}

/* `value` in units of 1 / scale; nothing if it is not positive. */
static uint64_t to_scale(double value, uint64_t scale)
{
    return value > 0.0 ? (uint64_t)(value * (double)scale + 0.5) : 0;
}

static void observe_value(struct metrics_shard *shard, size_t histogram,
                          const struct histogram_bounds *bounds, double value)
{
    add_to_counter(shard, histogram + bucket_of(bounds, value), 1);
    add_to_counter(shard, histogram + HISTOGRAM_SUM, to_scale(value, bounds->scale));
}

static size_t code_index_of(unsigned status)
{
    size_t index = 0;
    while (index < METRICS_CODE_COUNT && metrics_codes[index] != status)
        index++;
    return index;
}

size_t metrics_request_counter(enum metrics_handler handler, enum http_method method, size_t code)
{
    size_t row = (size_t)handler * HTTP_METHOD_COUNT + (size_t)method;
    return COUNTER_REQUESTS + row * (METRICS_CODE_COUNT + 1) + code;
}

void metrics_connection_begin(struct metrics_shard *shard)
{
    add_to_counter(shard, COUNTER_CONNECTIONS, 1);
}

void metrics_connection_end(struct metrics_shard *shard)
{
    add_to_counter(shard, COUNTER_CONNECTIONS, MINUS_ONE);
}

void metrics_request_begin(struct metrics_shard *shard)
{
    add_to_counter(shard, COUNTER_IN_FLIGHT, 1);
}

void metrics_request_answered(struct metrics_shard *shard, enum metrics_handler handler,
                              enum http_method method, unsigned status)
{
    add_to_counter(shard, metrics_request_counter(handler, method, code_index_of(status)), 1);
}

void metrics_request_completed(struct metrics_shard *shard, enum metrics_handler handler,
                               double seconds, const char *request_id)
{
    size_t bucket = bucket_of(&metrics_seconds_bounds, seconds);
    observe_value(shard, COUNTER_DURATIONS + (size_t)handler * HISTOGRAM_COUNTERS,
                  &metrics_seconds_bounds, seconds);
    if (request_id != NULL)
        exemplar_write(&shard->exemplars[handler][bucket], request_id, seconds, clock_unix_ms());
    add_to_counter(shard, COUNTER_IN_FLIGHT, MINUS_ONE);
}

void metrics_observe_phase(struct metrics_shard *shard, enum metrics_phase phase, double seconds)
{
    observe_value(shard, COUNTER_PHASES + (size_t)phase * HISTOGRAM_COUNTERS,
                  &metrics_seconds_bounds, seconds);
}

void metrics_observe_body(struct metrics_shard *shard, size_t bytes)
{
    observe_value(shard, COUNTER_BODY, &metrics_bytes_bounds, (double)bytes);
}

void metrics_count_problem(struct metrics_shard *shard, size_t index)
{
    add_to_counter(shard, COUNTER_PROBLEMS + index, 1);
}

void metrics_count_rejected(struct metrics_shard *shard, enum metrics_rejection reason)
{
    add_to_counter(shard, COUNTER_REJECTED + (size_t)reason, 1);
}

void metrics_count_timeout(struct metrics_shard *shard, enum metrics_timeout kind)
{
    add_to_counter(shard, COUNTER_TIMEOUTS + (size_t)kind, 1);
}

void metrics_count_abort(struct metrics_shard *shard, enum metrics_abort kind)
{
    add_to_counter(shard, COUNTER_ABORTS + (size_t)kind, 1);
}

void metrics_observe_digits(struct metrics_shard *shard, size_t count)
{
    observe_value(shard, COUNTER_DIGITS, &metrics_digits_bounds, (double)count);
}

void metrics_count_input(struct metrics_shard *shard, enum metrics_format format)
{
    add_to_counter(shard, COUNTER_FORMATS + (size_t)format, 1);
}

void metrics_count_warnings(struct metrics_shard *shard, unsigned warnings)
{
    for (size_t i = 0; i < DIGIT_WARNINGS_COUNT; i++)
        if ((warnings >> i & 1u) != 0)
            add_to_counter(shard, COUNTER_WARNINGS + i, 1);
}

void metrics_count_prediction(struct metrics_shard *shard,
                              const struct digit_prediction *prediction)
{
    add_to_counter(shard, COUNTER_PREDICTIONS + prediction->digit, 1);
    add_to_counter(shard, COUNTER_UNCERTAIN, prediction->uncertain);
    observe_value(shard, COUNTER_CONFIDENCE, &metrics_confidence_bounds,
                  (double)prediction->confidence);
}

void metrics_add_busy(struct metrics_shard *shard, double seconds)
{
    add_to_counter(shard, COUNTER_BUSY, to_scale(seconds, METRICS_BILLIONTHS));
}

void metrics_sum(uint64_t out[COUNTER_COUNT], const struct metrics *metrics)
{
    memset(out, 0, COUNTER_COUNT * sizeof out[0]);
    for (size_t shard = 0; shard < metrics->shard_count; shard++)
        for (size_t i = 0; i < COUNTER_COUNT; i++)
            out[i] +=
                atomic_load_explicit(&metrics->shards[shard].counters[i], memory_order_relaxed);
}

bool metrics_latest_exemplar(struct exemplar_copy *out, const struct metrics *metrics,
                             enum metrics_handler handler, size_t bucket)
{
    bool found = false;
    for (size_t shard = 0; shard < metrics->shard_count; shard++) {
        struct exemplar_copy copy;
        if (!exemplar_read(&copy, &metrics->shards[shard].exemplars[handler][bucket]))
            continue;
        if (!found || copy.time_ms > out->time_ms)
            *out = copy;
        found = true;
    }
    return found;
}
