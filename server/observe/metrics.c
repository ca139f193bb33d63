#include "server/observe/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "server/observe/metrics_counters.h"

const unsigned metrics_codes[METRICS_CODE_COUNT] = {200, 204, 304, 400, 404, 405,
                                                    413, 415, 422, 500, 501, 503};

static const double seconds_bounds[] = {50e-6, 100e-6, 250e-6, 500e-6, 1e-3,   2.5e-3, 5e-3, 10e-3,
                                        25e-3, 50e-3,  100e-3, 250e-3, 500e-3, 1.0,    2.5};
static const double confidence_bounds[] = {0.2, 0.3, 0.4,  0.5,  0.6,   0.7,
                                           0.8, 0.9, 0.95, 0.99, 0.999, 1.0};

const struct histogram_bounds metrics_seconds_bounds = {
    sizeof seconds_bounds / sizeof seconds_bounds[0], seconds_bounds};
const struct histogram_bounds metrics_confidence_bounds = {
    sizeof confidence_bounds / sizeof confidence_bounds[0], confidence_bounds};

/* Adding this modulo 2^64 subtracts one. */
#define MINUS_ONE UINT64_MAX

enum digit_status metrics_create(struct metrics **out, size_t workers, size_t max_connections,
                                 const struct digit_model_info *model, struct digit_error *error)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    *out = NULL;
    if (metrics != NULL && workers <= SIZE_MAX / sizeof *metrics->shards)
        metrics->shards = aligned_alloc(CACHE_LINE_BYTES, workers * sizeof *metrics->shards);
    if (metrics == NULL || metrics->shards == NULL) {
        free(metrics);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the metrics of %zu workers",
                          workers);
    }
    memset(metrics->shards, 0, workers * sizeof *metrics->shards);
    metrics->worker_count = workers;
    metrics->max_connections = max_connections;
    metrics->model = model;
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

struct metrics_shard *metrics_shard(struct metrics *metrics, size_t index)
{
    return &metrics->shards[index];
}

/* A shard has one writer: a load and a store are enough, and cheaper than an atomic addition. */
static void add_to_counter(struct metrics_shard *shard, size_t counter, uint64_t amount)
{
    uint64_t value = atomic_load_explicit(&shard->counters[counter], memory_order_relaxed);
    atomic_store_explicit(&shard->counters[counter], value + amount, memory_order_relaxed);
}

static void observe_value(struct metrics_shard *shard, size_t histogram,
                          const struct histogram_bounds *bounds, double value)
{
    size_t bucket = 0;
    while (bucket < bounds->count && value > bounds->upper[bucket])
        bucket++;
    add_to_counter(shard, histogram + bucket, 1);
    add_to_counter(shard, histogram + HISTOGRAM_SUM,
                   value > 0.0 ? (uint64_t)(value * 1e9 + 0.5) : 0);
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

void metrics_request_end(struct metrics_shard *shard, enum metrics_handler handler,
                         enum http_method method, unsigned status, double seconds)
{
    add_to_counter(shard, metrics_request_counter(handler, method, code_index_of(status)), 1);
    observe_value(shard, COUNTER_DURATIONS + (size_t)handler * HISTOGRAM_COUNTERS,
                  &metrics_seconds_bounds, seconds);
    add_to_counter(shard, COUNTER_IN_FLIGHT, MINUS_ONE);
}

void metrics_observe_inference(struct metrics_shard *shard, double seconds)
{
    observe_value(shard, COUNTER_INFERENCE, &metrics_seconds_bounds, seconds);
}

void metrics_count_prediction(struct metrics_shard *shard,
                              const struct digit_prediction *prediction)
{
    add_to_counter(shard, COUNTER_PREDICTIONS + prediction->digit, 1);
    add_to_counter(shard, COUNTER_UNCERTAIN, prediction->uncertain);
    observe_value(shard, COUNTER_CONFIDENCE, &metrics_confidence_bounds,
                  (double)prediction->confidence);
}

void metrics_sum(uint64_t out[COUNTER_COUNT], const struct metrics *metrics)
{
    memset(out, 0, COUNTER_COUNT * sizeof out[0]);
    for (size_t worker = 0; worker < metrics->worker_count; worker++)
        for (size_t i = 0; i < COUNTER_COUNT; i++)
            out[i] +=
                atomic_load_explicit(&metrics->shards[worker].counters[i], memory_order_relaxed);
}
