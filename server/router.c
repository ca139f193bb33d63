#include "server/router.h"

#include <string.h>

#include "server/endpoints/health.h"
#include "server/endpoints/metrics.h"
#include "server/endpoints/openapi.h"
#include "server/endpoints/predict.h"
#include "server/endpoints/predict_options.h"

#define READ  (1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS), "GET, HEAD, OPTIONS"
#define WRITE (1u << HTTP_POST | 1u << HTTP_OPTIONS), "POST, OPTIONS"

static const char *const none[] = {NULL};
static const char *const verbose[] = {"verbose", NULL};

static const struct route routes[] = {
    {"/predict", METRICS_PREDICT, WRITE, predict_parameters, endpoint_predict},
    {"/health", METRICS_HEALTH, READ, none, endpoint_health},
    {"/livez", METRICS_LIVEZ, READ, verbose, endpoint_livez},
    {"/readyz", METRICS_READYZ, READ, verbose, endpoint_readyz},
    {"/metrics", METRICS_METRICS, READ, none, endpoint_metrics},
    {"/openapi.yaml", METRICS_OPENAPI, READ, none, endpoint_openapi},
};

const struct route *router_find(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (strcmp(path, routes[i].path) == 0)
            return &routes[i];
    }
    return NULL;
}

static bool takes(const struct route *route, const char *parameter)
{
    for (const char *const *name = route->parameters; *name != NULL; name++)
        if (strcmp(*name, parameter) == 0)
            return true;
    return false;
}

/* Whether the route takes the query; otherwise `out` says why not. */
static bool check_parameters(struct reply *out, const struct route *route,
                             const struct request *request)
{
    for (size_t i = 0; i < request->parameter_count && i < REQUEST_PARAMETERS_MAX; i++) {
        const struct request_parameter *parameter = &request->parameters[i];
        if (!takes(route, parameter->name)) {
            reply_problem(out, PROBLEM_UNKNOWN_PARAMETER,
                          "%s does not take the parameter \"%.64s\"", route->path, parameter->name);
            return false;
        }
        if (request_parameter(request, parameter->name) != parameter) {
            reply_problem(out, PROBLEM_INVALID_PARAMETER, "the parameter \"%s\" stands twice",
                          parameter->name);
            return false;
        }
    }
    return true;
}

const struct route *router_match(struct reply *out, const struct request *request)
{
    const struct route *route = router_find(request->path);
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
    return check_parameters(out, route, request) ? route : NULL;
}
