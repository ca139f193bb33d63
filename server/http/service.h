/*
 * What all workers share. main() fills it before the server starts, and it outlives the server.
 * Only `draining` and `bodies` change while the server runs.
 */
#ifndef SERVER_HTTP_SERVICE_H
#define SERVER_HTTP_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <digit/model.h>

#include "server/http/budget.h"

struct config;
struct metrics;
struct route;

struct service {
    const struct config *config;
    const struct digit_model *model;
    struct metrics *metrics;
    const struct route *routes; /* as router_find takes them */
    struct budget bodies;       /* the memory of all request bodies being received */
    double started_at_s;        /* when the process started, by clock_monotonic_s() */
    double model_load_s;        /* how long loading the model took */
    double model_loaded_at_s;   /* when it had been loaded, since the Unix epoch */
    atomic_bool draining; /* set once, when the server begins to stop: it is no longer ready */
};

#endif
