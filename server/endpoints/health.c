#include "server/endpoints/health.h"

#include <digit/build_info.h>
#include <digit/model.h>

#include "server/http/service.h"
#include "server/observe/clock.h"

static void write_member(struct text *out, const char *before, const char *value)
{
    text_append(out, before);
    text_json_string(out, value);
}

static void write_number(struct text *out, const char *before, float value)
{
    text_append(out, before);
    text_number(out, value);
}

void endpoint_health(struct reply *out, const struct request *request)
{
    const struct service *service = request->service;
    const struct digit_model_info *model = digit_model_info(request->settings->model);
    struct text *body = &out->body;
    write_member(body, "{\"status\":", atomic_load(&service->draining) ? "draining" : "ok");
    write_member(body, ",\"model\":{\"name\":", model->name);
    write_member(body, ",\"version\":", model->version);
    write_member(body, ",\"sha256\":", model->sha256);
    write_member(body, ",\"kernels\":", model->kernels);
    write_member(body, ",\"precision\":", model->precision);
    write_number(body, ",\"temperature\":", model->temperature);
    write_number(body, ",\"uncertain_above\":", model->uncertain_above);
    write_member(body, "},\"version\":", digit_build_version());
    text_format(body, ",\"uptime_seconds\":%.3f,\"workers\":%zu}",
                clock_monotonic_s() - service->started_at_s, service->worker_count);
    reply_json(out, 200);
}

/* checks: the lines that ?verbose adds, one for each check. */
static void reply_ok(struct reply *out, const struct request *request, const char *checks)
{
    if (request_parameter(request, "verbose") != NULL)
        text_append(&out->body, checks);
    text_append(&out->body, "ok\n");
    reply_text(out, 200, "text/plain; charset=utf-8");
}

void endpoint_livez(struct reply *out, const struct request *request)
{
    reply_ok(out, request, "[+]worker ok\n");
}

void endpoint_readyz(struct reply *out, const struct request *request)
{
    if (atomic_load(&request->service->draining))
        reply_problem(out, PROBLEM_NOT_READY, "the server is stopping");
    else
        reply_ok(out, request, "[+]model ok\n[+]not-stopping ok\n");
}
