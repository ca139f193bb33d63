#include "server/endpoints/metrics.h"

#include <stdatomic.h>

#include "server/format/accept.h"
#include "server/http/service.h"
#include "server/observe/metrics.h"

static struct metrics_gauges read_gauges(const struct service *service)
{
    return (struct metrics_gauges){
        .model = digit_model_info(service->model),
        .model_load_s = service->model_load_s,
        .model_loaded_at_s = service->model_loaded_at_s,
        .bodies_bytes =
            (double)atomic_load_explicit(&service->bodies.taken_bytes, memory_order_relaxed),
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
    struct metrics_gauges gauges = read_gauges(request->service);
    metrics_write(request->service->metrics, &gauges, format, &out->body);
    reply_text(out, 200, exposition_content_types[format]);
}
