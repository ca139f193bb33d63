/*
 * One request and its answer, from the headers to the completed answer.
 *
 * An exchange whose answer is fixed before the body has come (404, 405, 413, a request that breaks
 * the rules of HTTP) is `decided`: no byte of its body is kept.
 * Threads: the worker's, or the lane's while it has the exchange; `abandoned` any.
 */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "server/http/body.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/http/router.h"

struct MHD_Connection;
struct connection;

struct exchange {
    struct connection *connection; /* that the request came on; borrowed */
    struct request request;
    struct reply reply;
    struct body body;
    const struct route *route; /* NULL if no route has the path */
    bool decided;
    bool in_flight;      /* counts for max_requests_in_flight */
    bool counted;        /* in the metrics */
    double answered_s;   /* when the answer was ready; set if counted */
    size_t answer_bytes; /* taken from the service's budget for answers */
    bool handled;        /* the reply is complete */

    /* While the lane for costly requests has the exchange; see lane.h. */
    struct MHD_Connection *suspended; /* to be resumed with the answer */
    double cost_ms;                   /* estimated */
    double submitted_s;
    atomic_bool abandoned; /* the client has gone: an answer is not needed */

    struct exchange *next; /* in the pool or in a queue of the lane */
};

#endif
