/*
 * What all workers share. server.c fills it before the workers start, and it outlives them.
 */
#ifndef SERVER_HTTP_SERVICE_H
#define SERVER_HTTP_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "server/http/budget.h"
#include "server/http/reload_record.h"
#include "server/http/settings.h"

struct lane;
struct metrics;
struct worker;

struct service {
    struct metrics *metrics;
    struct lane *lane;      /* for costly requests */
    size_t max_connections; /* as resolved from the configuration and the descriptor limit */
    struct worker *workers; /* [worker_count] */
    size_t worker_count;
    struct budget bodies;  /* the memory of all request bodies being received */
    struct budget answers; /* the memory of all large answers being sent */
    double started_at_s;   /* when the process started, by clock_monotonic_s() */
    struct reload_record reloads;
    /* Reloads configuration and model; server/server.h */
    enum digit_status (*reload)(void *reload_cls, struct digit_error *error);
    void *reload_cls;
    atomic_bool draining; /* the server has begun to stop: it is no longer ready */
};

/*
 * The requests to routes with a cost (router.h) that have been taken and are not completed, over all
 * workers. Threads: any.
 */
size_t service_requests_in_flight(const struct service *service);

#endif
