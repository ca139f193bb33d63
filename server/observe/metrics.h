/*
 * The metrics that /metrics gives to Prometheus. Each worker counts in a shard of its own, without
 * locks or shared cache lines; a scrape adds up the shards.
 *
 *     metrics_create(&metrics, workers, max_connections, digit_model_info(model), &error);
 *     struct metrics_shard *shard = metrics_shard(metrics, worker_index);
 *     metrics_request_begin(shard);
 *     metrics_request_end(shard, METRICS_PREDICT, HTTP_POST, 200, 0.0004);
 *     metrics_write(metrics, &text);
 *
 * Each label has a fixed set of values: anything else is counted as "other".
 * Format: Prometheus text exposition 0.0.4.
 */
#ifndef SERVER_OBSERVE_METRICS_H
#define SERVER_OBSERVE_METRICS_H

#include <stddef.h>

#include <digit/context.h>
#include <digit/model.h>
#include <digit/status.h>

#include "server/format/http_method.h"
#include "server/format/text.h"
#include "server/observe/metrics_handler.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct metrics;       /* one for the process */
struct metrics_shard; /* one for each worker; one thread at a time writes it */

/*
 * Makes metrics with `workers` (at least 1) shards. `max_connections` is exposed as a metric;
 * `model` is borrowed until metrics_destroy. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status metrics_create(struct metrics **out, size_t workers,
                                                  size_t max_connections,
                                                  const struct digit_model_info *model,
                                                  struct digit_error *error);

/* NULL is allowed. No shard may be in use any more. */
void metrics_destroy(struct metrics *metrics);

/* Shard `index`, below the number of workers; owned by the metrics. */
struct metrics_shard *metrics_shard(struct metrics *metrics, size_t index);

/* A connection has begun or has ended; both calls go to the same shard. */
void metrics_connection_begin(struct metrics_shard *shard);
void metrics_connection_end(struct metrics_shard *shard);

/* A request has begun. It is in flight until metrics_request_end is called on the same shard. */
void metrics_request_begin(struct metrics_shard *shard);

/* The request was answered with `status`, `seconds` after its headers had come. */
void metrics_request_end(struct metrics_shard *shard, enum metrics_handler handler,
                         enum http_method method, unsigned status, double seconds);

/* The network ran for `seconds` for one request, whatever its number of digits. */
void metrics_observe_inference(struct metrics_shard *shard, double seconds);

/* Counts one recognised digit. */
void metrics_count_prediction(struct metrics_shard *shard,
                              const struct digit_prediction *prediction);

/*
 * Appends the exposition. In every scrape a histogram's `le="+Inf"` equals its _count; other
 * numbers may be of slightly different moments. Threads: any, while workers write.
 */
void metrics_write(const struct metrics *metrics, struct text *out);

#endif
