#include "server/endpoints/metrics.h"

#include <stdatomic.h>
#include <string.h>

#include "server/format/accept.h"
#include "server/http/lane.h"
#include "server/http/service.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"

/* Like config_limits, with the number of connections that the descriptor limit has left. */
static size_t read_limits(struct metrics_limit out[CONFIG_LIMITS_MAX],
                          const struct request *request)
{
    size_t count = config_limits(out, &request->settings->config);
    for (size_t i = 0; i < count; i++)
        if (strcmp(out[i].name, "max_connections") == 0)
            out[i].value = (double)request->service->max_connections;
    return count;
}

static double read_budget(const struct budget *budget)
{
    return (double)atomic_load_explicit(&budget->taken_bytes, memory_order_relaxed);
}

static struct metrics_gauges read_gauges(const struct request *request)
{
    const struct service *service = request->service;
    struct lane_load load = lane_load(service->lane);
    struct reload_counts reloads = reload_record_read(&request->service->reloads);
    return (struct metrics_gauges){
        .model = digit_model_info(request->settings->model),
        .model_load_s = request->settings->model_load_s,
        .model_loaded_at_s = request->settings->model_loaded_at_s,
        .reloads = {[METRICS_RESULT_SUCCESS] = reloads.succeeded,
                    [METRICS_RESULT_FAILURE] = reloads.failed},
        .bodies_bytes = read_budget(&service->bodies),
        .answers_bytes = read_budget(&service->answers),
        .picture_queue_length = (double)load.queued,
        .picture_queue_work_s = load.work_ms * 1e-3,
        .picture_threads_busy = (double)load.running,
        .log_lost_lines = (double)log_lost(),
        .draining = atomic_load(&service->draining),
    };
}

/* Who accepts neither format gets the text, as everybody did before there was a choice. */
static enum exposition_format choose_format(const char *accept)
{
    size_t chosen = accept_choose(accept, exposition_content_types, EXPOSITION_FORMATS);
    return chosen < EXPOSITION_FORMATS ? (enum exposition_format)chosen : EXPOSITION_TEXT;
}

void endpoint_metrics(struct reply *out, const struct request *request)
{
    enum exposition_format format = choose_format(request->accept);
    struct metrics_limit limits[CONFIG_LIMITS_MAX];
    struct metrics_gauges gauges = read_gauges(request);
    gauges.limits = limits;
    gauges.limit_count = read_limits(limits, request);
    metrics_write(request->service->metrics, &gauges, format, &out->body);
    reply_text(out, 200, exposition_content_types[format]);
}
