#include "server/http/reply.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Far more than the longest answer: the predictions of max_instances digits, at most 4096. */
#define MAX_REPLY_BYTES ((size_t)64 << 20)

void reply_init(struct reply *out, const char *request_id)
{
    struct text body = out->body;
    *out = (struct reply){.status = 500, .cache_control = "no-store", .request_id = request_id};
    out->body = body;
    out->body.limit_bytes = MAX_REPLY_BYTES;
    text_clear(&out->body);
}

void reply_release(struct reply *out)
{
    text_release(&out->body);
}

void reply_json(struct reply *out, unsigned status)
{
    reply_text(out, status, "application/json");
}

void reply_text(struct reply *out, unsigned status, const char *content_type)
{
    out->status = status;
    out->problem = PROBLEM_NONE;
    out->content_type = content_type;
}

void reply_empty(struct reply *out, unsigned status)
{
    text_clear(&out->body);
    reply_text(out, status, NULL);
}

void reply_header(struct reply *out, const char *name, const char *value)
{
    assert(out->header_count < REPLY_MAX_HEADERS);
    out->headers[out->header_count++] = (struct reply_header){name, value};
}

void reply_fault(struct reply *out, const struct fault *fault)
{
    text_clear(&out->body);
    problem_write(&out->body, fault, out->request_id);
    reply_text(out, problem_kind(fault->problem)->status, "application/problem+json");
    out->problem = fault->problem;
    out->cache_control = "no-store";
    if (out->status == 503)
        reply_header(out, "Retry-After", REPLY_RETRY_AFTER_S);
}

void reply_problem(struct reply *out, enum problem problem, const char *format, ...)
{
    char detail[FAULT_DETAIL_BYTES];
    struct fault fault;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    fault_set(&fault, problem, "%s", detail);
    reply_fault(out, &fault);
}
