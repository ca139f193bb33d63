/*
 * From the request line and headers, as libmicrohttpd has parsed them, to a struct request.
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

/* Borrowed from libmicrohttpd until it has called the completion callback of the request. */
struct request_line {
    const char *method;
    const char *path; /* without the query, percent-encoding kept */
    const char *version;
};

/* How the body comes, by the headers. */
struct framing {
    bool has_body;
    bool awaits_continue;  /* "Expect: 100-continue": the client waits to be asked for the body */
    size_t content_length; /* 0 if there is none */
};

/*
 * Fills `out`, which is zeroed but for `worker` and `service`, and `framing` from the request line
 * and the headers; `out` also if there is a problem. What `out` borrows is valid as request.h says.
 *
 * Checks the rules that libmicrohttpd leaves open and that request smuggling exploits (RFC 9112
 * sections 3.2, 5.1, 6.1 and 6.3): a header that may be given once is given once, header names
 * contain no white space, Transfer-Encoding is "chunked" and not combined with Content-Length, and
 * HTTP/1.1 and later have a Host. After a refusal the connection must be closed, because where the
 * next request begins is not known.
 * Problems: MALFORMED_REQUEST, UNSUPPORTED_TRANSFER.
 */
DIGIT_MUST_CHECK enum problem request_read(struct request *out, struct framing *framing,
                                           struct MHD_Connection *connection,
                                           const struct request_line *line, struct fault *fault);

#endif
