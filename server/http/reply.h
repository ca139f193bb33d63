/*
 * One answer as an endpoint writes it. An endpoint appends to out->body and then sets status and
 * type:
 *
 *     text_format(&out->body, "{\"status\":\"%s\"}", "ok");
 *     reply_json(out, 200);
 *
 * or answers with a problem, which replaces the body:
 *
 *     reply_problem(out, PROBLEM_NOT_READY, "the server is stopping");
 *
 * Endpoints need not check for memory: if the body cannot grow, the client gets 503. Every answer
 * also has the headers X-Request-ID, X-Content-Type-Options and Cache-Control. The body of an
 * answer to HEAD is written as for GET, and libmicrohttpd does not send it.
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_REPLY_H
#define SERVER_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "server/format/text.h"
#include "server/http/problem.h"

#define REPLY_MAX_HEADERS 4

/* The value of Retry-After in every 503. */
#define REPLY_RETRY_AFTER_S "1"

struct reply_header {
    const char *name;
    const char *value;
};

struct reply {
    unsigned status;           /* HTTP status code */
    enum problem problem;      /* that the body describes; PROBLEM_NONE if it does not */
    const char *content_type;  /* constant; NULL if there is no body */
    const char *cache_control; /* constant; "no-store" unless the endpoint changes it */
    struct reply_header headers[REPLY_MAX_HEADERS]; /* constants, or borrowed from the service */
    size_t header_count;
    bool close;             /* close the connection after this answer */
    const char *request_id; /* borrowed from the request */
    struct text body;
};

/*
 * Makes an empty answer, with status 500 until a function below sets it. `out` is zeroed, or an
 * answer that was used before: its memory is used again.
 */
void reply_init(struct reply *out, const char *request_id);

void reply_release(struct reply *out);

/* Sets the status; the body is JSON. */
void reply_json(struct reply *out, unsigned status);

/*
 * Sets the status; the body has the type `content_type`, a constant, with its charset if it has
 * one.
 */
void reply_text(struct reply *out, unsigned status, const char *content_type);

/* Sets the status of an answer without a body: 204, 304. */
void reply_empty(struct reply *out, unsigned status);

/* Adds a header, at most REPLY_MAX_HEADERS; name and value outlive the reply. */
void reply_header(struct reply *out, const char *name, const char *value);

/* Replaces the body by a problem document, application/problem+json; headers added before stay. */
void reply_fault(struct reply *out, const struct fault *fault);
void reply_problem(struct reply *out, enum problem problem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
