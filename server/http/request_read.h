/*
 * From the request line and headers, as libmicrohttpd has parsed them, to a struct request. They
 * keep to the rules of HTTP: http_framing.h has checked them before.
 * Threads: the worker's.
 */
#ifndef SERVER_HTTP_REQUEST_READ_H
#define SERVER_HTTP_REQUEST_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "server/http/problem.h"
#include "server/http/request.h"

struct MHD_Connection;

/* Borrowed from libmicrohttpd until the request is answered. */
struct request_line {
    const char *method;
    const char *target; /* in any of its forms, without the query, percent-encoding kept */
};

/* How the body comes, by the headers. */
struct framing {
    bool has_body;
    bool awaits_continue;  /* "Expect: 100-continue": the client waits to be asked for the body */
    size_t content_length; /* 0 if there is none */
};

/*
 * Fills `out`, which is zeroed but for `worker` and `service`, and `framing` from the request line
 * and the headers; `out` also if there is a problem. Takes targets in origin form, in absolute form,
 * whose scheme and host are ignored, and "*" (RFC 9112 section 3.2). Parameters are decoded in
 * place; empty ones, as in "?&a=1", are ignored.
 * Problems: MALFORMED_REQUEST (Content-Type or Content-Encoding given twice), INVALID_PARAMETER
 * (broken percent-encoding, or a NUL).
 */
DIGIT_MUST_CHECK enum problem request_read(struct request *out, struct framing *framing,
                                           struct MHD_Connection *connection,
                                           const struct request_line *line, struct fault *fault);

#endif
