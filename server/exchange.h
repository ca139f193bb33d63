/*
 * One request and its answer between libmicrohttpd and an endpoint: what server.c, request.c and
 * reply.c share, the three files that see a connection.
 *
 * A reply that is decided before the body has come (404, 405, 413, a request that breaks HTTP's
 * rules) is `decided`: then no byte of the body is kept. Threads: one worker's.
 */
#ifndef SERVER_EXCHANGE_H
#define SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/body.h"
#include "server/reply.h"
#include "server/request.h"
#include "server/router.h"

struct MHD_Connection;

struct exchange {
    struct request request;
    struct reply reply;
    struct body body;
    const struct route *route; /* NULL if the path has none */
    double begun_s;            /* clock_monotonic_s() when the headers had come */
    bool decided;
    bool counted;          /* in the metrics */
    struct exchange *next; /* in the pool */
};

/* How the body comes, from the headers. */
struct framing {
    bool has_body;
    bool chunked;
    bool awaits_continue;  /* "Expect: 100-continue": the body comes only when it is asked for */
    size_t content_length; /* 0 if there is none */
};

/* As libmicrohttpd has it: borrowed, and valid as long as the request. */
struct request_line {
    const char *method;
    const char *path; /* without the query, percent-encoding kept */
    const char *version;
};

/*
 * Fills `out`, which is zeroed but for `worker` and `service`, with the request line and headers, and
 * `framing`; `out` also if there is a problem. Holds the headers to the rules that libmicrohttpd
 * leaves open and that request smuggling lives on (RFC 9112 sections 3.2, 5.1, 6.1 and 6.3): a header
 * that may stand once stands once, header names hold no white space, Transfer-Encoding is "chunked"
 * and not beside Content-Length, and from HTTP/1.1 on there is a Host. After a refusal the connection
 * must be closed, because where the next request begins is not known.
 * Problems: MALFORMED_REQUEST, UNSUPPORTED_TRANSFER.
 */
DIGIT_MUST_CHECK enum problem request_read(struct request *out, struct framing *framing,
                                           struct MHD_Connection *connection,
                                           const struct request_line *line, struct fault *fault);

/*
 * Queues the answer, whose body must stay until the request is completed. False if it could not be
 * built for want of memory; nothing is queued then.
 */
DIGIT_MUST_CHECK bool reply_send(const struct reply *reply, struct MHD_Connection *connection);

#endif
