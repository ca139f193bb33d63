#include "server/router.h"

#include <string.h>

#include "server/endpoints/health.h"
#include "server/endpoints/metrics.h"
#include "server/endpoints/openapi.h"
#include "server/endpoints/predict.h"

#define READ  (1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS), "GET, HEAD, OPTIONS"
#define WRITE (1u << HTTP_POST | 1u << HTTP_OPTIONS), "POST, OPTIONS"

static const struct route routes[] = {
    {"/predict", WRITE, false, METRICS_PREDICT, endpoint_predict},
    {"/health", READ, false, METRICS_HEALTH, endpoint_health},
    {"/livez", READ, true, METRICS_LIVEZ, endpoint_livez},
    {"/readyz", READ, true, METRICS_READYZ, endpoint_readyz},
    {"/metrics", READ, false, METRICS_METRICS, endpoint_metrics},
    {"/openapi.yaml", READ, false, METRICS_OPENAPI, endpoint_openapi},
};

const struct route *router_find(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (strcmp(path, routes[i].path) == 0)
            return &routes[i];
    }
    return NULL;
}

/* The name of a parameter that the route does not take; NULL if there is none. */
static const char *refused_parameter(const struct route *route, const struct request *request)
{
    if (request->verbose && !route->takes_verbose)
        return "verbose";
    return request->unknown_parameter;
}

const struct route *router_match(struct reply *out, const struct request *request)
{
    const struct route *route = router_find(request->path);
    const char *parameter;
    if (route == NULL) {
        reply_problem(out, PROBLEM_NOT_FOUND,
                      "no endpoint has this path; /openapi.yaml lists them");
        return NULL;
    }
    if ((route->methods & 1u << request->method) == 0) {
        reply_header(out, "Allow", route->allow);
        reply_problem(out, PROBLEM_METHOD_NOT_ALLOWED, "%s takes %s", route->path, route->allow);
        return NULL;
    }
    if (request->method == HTTP_OPTIONS) {
        reply_header(out, "Allow", route->allow);
        reply_empty(out, 204);
        return NULL;
    }
    parameter = refused_parameter(route, request);
    if (parameter != NULL) {
        reply_problem(out, PROBLEM_UNKNOWN_PARAMETER, "%s does not take the parameter \"%.64s\"",
                      route->path, parameter);
        return NULL;
    }
    return route;
}
