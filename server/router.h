/*
 * Which endpoint answers which path and method: one table.
 *
 *     const struct route *route = router_match(&reply, &request);
 *     if (route != NULL)
 *         route->handler(&reply, &request);
 *
 * Threads: any.
 */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include "server/observe/metrics.h"
#include "server/reply.h"
#include "server/request.h"

struct route {
    const char *path;
    enum metrics_handler label;
    unsigned methods;              /* bit 1u << enum http_method for each that the path takes */
    const char *allow;             /* the same methods, as the header Allow names them */
    const char *const *parameters; /* that the query may have, each once; NULL behind the last */
    void (*handler)(struct reply *out, const struct request *request);
};

/* The route of a path as it was sent, whatever the method; NULL if nothing has it. */
const struct route *router_find(const char *path);

/*
 * The route that is to answer the request. NULL if `out` holds the answer already: 404, 405 with
 * Allow, 204 with Allow to OPTIONS, or 400 to a parameter that the route does not take or that stands
 * twice.
 */
const struct route *router_match(struct reply *out, const struct request *request);

#endif
