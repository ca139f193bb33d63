#include "server/endpoints/health.h"

#include <digit/build_info.h>
#include <digit/model.h>

#include "server/http/event_loop.h"
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

static void write_model(struct text *out, const struct digit_model_info *model)
{
    write_member(out, ",\"model\":{\"name\":", model->name);
    write_member(out, ",\"version\":", model->version);
    write_member(out, ",\"sha256\":", model->sha256);
    write_member(out, ",\"kernels\":", model->kernels);
    write_member(out, ",\"precision\":", model->precision);
    write_number(out, ",\"temperature\":", model->temperature);
    write_number(out, ",\"uncertain_above\":", model->uncertain_above);
    text_append(out, "}");
}

static void write_reloads(struct text *out, struct service *service)
{
    struct reload_counts counts = reload_record_read(&service->reloads);
    text_format(out, ",\"reloads\":{\"succeeded\":%zu,\"failed\":%zu", counts.succeeded,
                counts.failed);
    if (counts.reason[0] != '\0')
        write_member(out, ",\"last_failure\":", counts.reason);
    text_append(out, "}");
}

static void write_library(struct text *out)
{
    const char *notice = event_loop_library_notice();
    write_member(out, ",\"libmicrohttpd\":{\"version\":", event_loop_library_version());
    if (notice != NULL)
        write_member(out, ",\"notice\":", notice);
    text_append(out, "}");
}

void endpoint_health(struct reply *out, const struct request *request)
{
    struct service *service = request->service;
    struct text *body = &out->body;
    write_member(body, "{\"status\":", atomic_load(&service->draining) ? "draining" : "ok");
    write_model(body, digit_model_info(request->settings->model));
    write_reloads(body, service);
    write_library(body);
    write_member(body, ",\"version\":", digit_build_version());
    text_format(body, ",\"uptime_seconds\":%.3f,\"workers\":%zu,\"picture_threads\":%zu}",
                clock_monotonic_s() - service->started_at_s, service->worker_count,
                request->settings->config.picture_threads);
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
