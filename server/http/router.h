/*
 * From a request to the endpoint that answers it.
 *
 *     const struct route *route = router_find(routes, path);
 *     if (router_accepts(&reply, route, &request))
 *         route->handler(&reply, &request);
 *
 * Threads: any.
 */
#ifndef SERVER_HTTP_ROUTER_H
#define SERVER_HTTP_ROUTER_H

#include <stdbool.h>

#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/observe/metrics_labels.h"

/* One entry of the table of routes. Everything in it is constant. */
struct route {
    const char *path;              /* NULL in the entry that ends the table */
    enum metrics_handler label;    /* that its requests are counted under */
    unsigned methods;              /* bit 1u << enum http_method for each that the path takes */
    const char *allow;             /* the same methods, as the Allow header names them */
    const char *const *parameters; /* that the query may have, each once; NULL ends the list */
    void (*handler)(struct reply *out, const struct request *request);
    /* An estimate of the handler's CPU time; NULL: it is far below a millisecond. */
    double (*cost_ms)(const struct request *request);
};

/*
 * The route of `path`, compared as it was sent, whatever the method; NULL if no route has this
 * path. `routes` ends with an entry whose path is NULL.
 */
const struct route *router_find(const struct route *routes, const char *path);

/*
 * Whether the route's handler is to answer the request. If not, `out` holds the answer: 404 if
 * `route` is NULL, 405 with Allow, 204 with Allow to OPTIONS (also of "*" and "/", which have no
 * route), or 400 if the query has a parameter
 * that the route does not take, or the same one twice.
 */
bool router_accepts(struct reply *out, const struct route *route, const struct request *request);

#endif
