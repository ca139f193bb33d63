/*
 * The metrics that /metrics gives to Prometheus. Each thread counts in a shard of its own, without
 * locks or shared cache lines; a scrape adds up the shards.
 *
 *     metrics_create(&metrics, &options, &error);
 *     struct metrics_shard *shard = metrics_shard(metrics, METRICS_ROLE_WORKER, worker_index);
 *     metrics_request_begin(shard);
 *     metrics_request_answered(shard, METRICS_PREDICT, HTTP_POST, 200);
 *     metrics_request_completed(shard, METRICS_PREDICT, 0.0004, request->id);
 *     metrics_write(metrics, &gauges, EXPOSITION_TEXT, &text);
 *
 * Each label has a fixed set of values (metrics_labels.h): anything else is counted as "other".
 * docs/operations.md lists all metrics; metrics_write.c has the table.
 * Threads: the functions that count are for the shard's thread alone.
 */
#ifndef SERVER_OBSERVE_METRICS_H
#define SERVER_OBSERVE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/context.h>
#include <digit/model.h>
#include <digit/status.h>

#include "server/format/http_method.h"
#include "server/format/text.h"
#include "server/observe/exposition.h"
#include "server/observe/metrics_labels.h"
#include "server/observe/metrics_options.h"

struct metrics;       /* one for the process */
struct metrics_shard; /* one for each thread; one thread at a time writes it */

/* What the caller of metrics_write knows of this moment. */
struct metrics_gauges {
    const struct digit_model_info *model; /* the model that is served; borrowed during the call */
    double model_load_s;                  /* how long loading it took */
    double model_loaded_at_s;             /* when it had been loaded, since the Unix epoch */
    size_t reloads[METRICS_RESULTS];      /* attempts to load another model, by how they ended */
    double bodies_bytes;                  /* memory of the request bodies being received */
    double answers_bytes;                 /* memory of the answers that are not sent yet */
    double picture_queue_length;          /* requests that wait for a picture thread */
    double picture_queue_work_s;          /* estimated work of these requests */
    double picture_threads_busy;          /* picture threads that are decoding */
    double log_lost_lines;                /* lines of the log that could not be written */
    const struct metrics_limit *limits;   /* [limit_count]; borrowed during the call */
    size_t limit_count;
    bool draining; /* the server is stopping */
};

/*
 * Makes metrics with a shard for each worker and picture thread and one for the administrative
 * thread, which loads models. Errors: INVALID (more than METRICS_MAX_PROBLEMS), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status metrics_create(struct metrics **out,
                                                  const struct metrics_options *options,
                                                  struct digit_error *error);

/* NULL is allowed. No shard may be in use any more. */
void metrics_destroy(struct metrics *metrics);

/*
 * The shard of thread `index` of this role: below the number of workers or picture threads, 0 for
 * the administrative thread. Owned by the metrics. Threads: any.
 */
struct metrics_shard *metrics_shard(struct metrics *metrics, enum metrics_role role, size_t index);

/* A connection has begun or has ended; both calls go to the same shard. */
void metrics_connection_begin(struct metrics_shard *shard);
void metrics_connection_end(struct metrics_shard *shard);

/* A request has begun. It is in flight until metrics_request_completed for the same shard. */
void metrics_request_begin(struct metrics_shard *shard);

/*
 * Counts a request by its status. Called before the answer is sent, so that a client that has the
 * answer finds it in the metrics. A status that is none of HTTP is counted as "other".
 */
void metrics_request_answered(struct metrics_shard *shard, enum metrics_handler handler,
                              enum http_method method, unsigned status);

/*
 * The request has ended `seconds` after its first byte: its answer has been sent, or its client has
 * gone. `request_id`, or NULL, becomes the exemplar of the duration's bucket if it has at most
 * EXEMPLAR_MAX_ID_LENGTH characters.
 */
void metrics_request_completed(struct metrics_shard *shard, enum metrics_handler handler,
                               double seconds, const char *request_id);

/* A request spent `seconds` in this phase, with all of its pictures. */
void metrics_observe_phase(struct metrics_shard *shard, enum metrics_phase phase, double seconds);

/* A request came with a body of so many bytes, at least one, decoded from its chunks. */
void metrics_observe_body(struct metrics_shard *shard, size_t bytes);

/* A request was answered with the problem options.problems[index]. */
void metrics_count_problem(struct metrics_shard *shard, size_t index);

void metrics_count_rejected(struct metrics_shard *shard, enum metrics_rejection reason);
void metrics_count_timeout(struct metrics_shard *shard, enum metrics_timeout kind);
void metrics_count_abort(struct metrics_shard *shard, enum metrics_abort kind);

/* A request that was read has so many digits; 0 for a blank picture. */
void metrics_observe_digits(struct metrics_shard *shard, size_t count);

/* Counts one input that was read, and what preprocessing warns of: bits of enum digit_warning. */
void metrics_count_input(struct metrics_shard *shard, enum metrics_format format);
void metrics_count_warnings(struct metrics_shard *shard, unsigned warnings);

/* Counts one recognised digit. */
void metrics_count_prediction(struct metrics_shard *shard,
                              const struct digit_prediction *prediction);

/* The shard's thread worked, and did not wait, for `seconds`. */
void metrics_add_busy(struct metrics_shard *shard, double seconds);

/*
 * Appends the exposition. In every scrape a histogram's `le="+Inf"` equals its _count; other
 * numbers may be of slightly different moments. Threads: any, while shards are written.
 */
void metrics_write(const struct metrics *metrics, const struct metrics_gauges *gauges,
                   enum exposition_format format, struct text *out);

#endif
