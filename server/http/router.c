#include "server/http/router.h"

#include <string.h>

const struct route *router_find(const struct route *routes, const char *path)
{
    for (const struct route *route = routes; route->path != NULL; route++) {
        if (strcmp(path, route->path) == 0)
            return route;
    }
    return NULL;
}

static bool takes_parameter(const struct route *route, const char *name)
{
    for (const char *const *taken = route->parameters; *taken != NULL; taken++)
        if (strcmp(*taken, name) == 0)
            return true;
    return false;
}

/* Whether the route takes the query; if not, `out` says why. */
static bool check_parameters(struct reply *out, const struct route *route,
                             const struct request *request)
{
    for (size_t i = 0; i < request->parameter_count && i < REQUEST_PARAMETERS_MAX; i++) {
        const struct request_parameter *parameter = &request->parameters[i];
        if (!takes_parameter(route, parameter->name)) {
            reply_problem(out, PROBLEM_UNKNOWN_PARAMETER,
                          "%s does not take the parameter \"%.64s\"", route->path, parameter->name);
            return false;
        }
        if (request_parameter(request, parameter->name) != parameter) {
            reply_problem(out, PROBLEM_INVALID_PARAMETER, "the parameter \"%s\" is given twice",
                          parameter->name);
            return false;
        }
    }
    return true;
}

/*
 * "OPTIONS *" asks for the server as a whole (RFC 9110 section 9.3.7). HAProxy's health check asks
 * for "/" by default, which has no endpoint.
 */
static bool asks_for_server(const struct request *request)
{
    return request->method == HTTP_OPTIONS &&
           (strcmp(request->path, "*") == 0 || strcmp(request->path, "/") == 0);
}

bool router_accepts(struct reply *out, const struct route *route, const struct request *request)
{
    if (route == NULL && asks_for_server(request)) {
        reply_header(out, "Allow", "GET, HEAD, POST, OPTIONS");
        reply_empty(out, 204);
        return false;
    }
    if (route == NULL) {
        reply_problem(out, PROBLEM_NOT_FOUND,
                      "no endpoint has this path; /openapi.yaml lists them");
        return false;
    }
    if ((route->methods & 1u << request->method) == 0) {
        reply_header(out, "Allow", route->allow);
        reply_problem(out, PROBLEM_METHOD_NOT_ALLOWED, "%s takes %s", route->path, route->allow);
        return false;
    }
    if (request->method == HTTP_OPTIONS) {
        reply_header(out, "Allow", route->allow);
        reply_empty(out, 204);
        return false;
    }
    return check_parameters(out, route, request);
}
