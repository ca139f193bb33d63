#include "server/reply.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "server/exchange.h"

/* Far more than the longest answer, the predictions of as many instances as a body can hold. */
#define MAX_REPLY_BYTES ((size_t)64 << 20)

#define RETRY_AFTER_S "1"

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
    out->cache_control = "no-store";
    if (out->status == 503)
        reply_header(out, "Retry-After", RETRY_AFTER_S);
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

static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct reply *reply)
{
    bool added = add_header(response, "Content-Type", reply->content_type) &&
                 add_header(response, "Cache-Control", reply->cache_control) &&
                 add_header(response, "X-Content-Type-Options", "nosniff") &&
                 add_header(response, "X-Request-ID", reply->request_id) &&
                 add_header(response, "Connection", reply->close ? "close" : NULL);
    for (size_t i = 0; i < reply->header_count && added; i++)
        added = add_header(response, reply->headers[i].name, reply->headers[i].value);
    return added;
}

bool reply_send(const struct reply *reply, struct MHD_Connection *connection)
{
    if (text_failed(&reply->body))
        return false;
    /* Persistent: the memory is the exchange's, which goes back to its pool after the answer. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.size, (void *)(uintptr_t)text_chars(&reply->body), MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return false;
    bool sent = add_headers(response, reply) &&
                MHD_queue_response(connection, reply->status, response) == MHD_YES;
    MHD_destroy_response(response);
    return sent;
}
