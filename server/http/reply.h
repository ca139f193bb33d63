/*
 * One answer as an endpoint writes it. An endpoint appends to out->body and then says what it is:
 *
 *     text_format(&out->body, "{\"status\":\"%s\"}", "ok");
 *     reply_json(out, 200);
 *
 * or refuses, which replaces whatever the body held:
 *
 *     reply_problem(out, PROBLEM_NOT_READY, "the server is stopping");
 *
 * If the body cannot grow, the client gets 503 and not half an answer: endpoints need not ask.
 * Every reply carries X-Request-ID, X-Content-Type-Options and Cache-Control besides what is here;
 * the body of an answer to HEAD is written as for GET and not sent.
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_REPLY_H
#define SERVER_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "server/format/text.h"
#include "server/http/problem.h"

#define REPLY_MAX_HEADERS 4

struct reply_header {
    const char *name;
    const char *value;
};

struct reply {
    unsigned status;           /* HTTP status code */
    const char *content_type;  /* constant; NULL when there is no body */
    const char *cache_control; /* constant; "no-store" unless the endpoint says otherwise */
    struct reply_header headers[REPLY_MAX_HEADERS]; /* constants or borrowed from the service */
    size_t header_count;
    bool close;             /* the connection is closed after this answer */
    const char *request_id; /* borrowed from the request */
    struct text body;
};

/* Makes an empty answer, status 500 until one of the functions below sets it. `out` is zeroed, or was
 * an answer before, whose memory serves again. */
void reply_init(struct reply *out, const char *request_id);

void reply_release(struct reply *out);

/* The body is JSON. */
void reply_json(struct reply *out, unsigned status);

/* The body is of `content_type`, a constant with its charset where there is one. */
void reply_text(struct reply *out, unsigned status, const char *content_type);

/* No body: 204, 304. */
void reply_empty(struct reply *out, unsigned status);

/* Adds a header; name and value outlive the reply. At most REPLY_MAX_HEADERS. */
void reply_header(struct reply *out, const char *name, const char *value);

/* The body becomes a problem document, application/problem+json; headers added before stay. */
void reply_fault(struct reply *out, const struct fault *fault);
void reply_problem(struct reply *out, enum problem problem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
