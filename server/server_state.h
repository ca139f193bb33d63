/*
 * What a running server consists of: for server.c, drain.c and reload.c only.
 */
#ifndef SERVER_SERVER_STATE_H
#define SERVER_SERVER_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/http/service.h"
#include "server/http/worker.h"
#include "server/server_reload.h"

struct acceptor;
struct lane_limits;

struct server {
    struct service service;
    struct settings *settings;     /* in force; owned */
    struct server_reload reload;   /* how to read the configuration again */
    pthread_mutex_t settings_lock; /* for reading or replacing the pointer to them */
    pthread_mutex_t reloading;     /* held by the thread that reloads */
    atomic_size_t drain_delay_ms, drain_timeout_ms; /* of those settings */
    struct MHD_Response *unavailable; /* the answer if there is no memory for another */
    struct acceptor *acceptor;
    struct acceptor *admin_acceptor; /* NULL if there is no admin listener */
    struct worker *workers;          /* [worker_count], then the admin's if there is one */
    size_t worker_count;
    size_t made_count;             /* workers that have been made, the admin's included */
    struct predictor **predictors; /* [picture_threads], of the lane's threads */
    size_t picture_threads;
};

/* The limits of the lane that the configuration asks for. */
struct lane_limits server_lane_limits(const struct config *config);

/* Has the limits that all threads share and the times of the drain be those of the configuration. */
void server_use_limits(struct server *server, const struct config *config);

#endif
