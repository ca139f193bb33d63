/*
 * One request and its answer, from the headers to the completed answer.
 *
 * An exchange whose answer is fixed before the body has come (404, 405, 413, a request that breaks
 * the rules of HTTP) is `decided`: no byte of its body is kept. Threads: one worker's.
 */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include <stdbool.h>

#include "server/http/body.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/http/router.h"

struct exchange {
    struct request request;
    struct reply reply;
    struct body body;
    const struct route *route; /* NULL if no route has the path */
    double begun_s;            /* clock_monotonic_s() when the headers had come */
    double answered_s;         /* clock_monotonic_s() when the answer was ready; set if counted */
    bool decided;
    bool counted;          /* in the metrics */
    struct exchange *next; /* in the pool */
};

#endif
