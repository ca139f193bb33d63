#include "server/server.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config.h"
#include "server/descriptors.h"
#include "server/endpoints/predictor.h"
#include "server/http/acceptor.h"
#include "server/http/event_loop.h"
#include "server/http/lane.h"
#include "server/http/receive.h"
#include "server/http/refusal.h"
#include "server/http/reply_send.h"
#include "server/http/request_life.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"
#include "server/routes.h"
#include "server/server_state.h"
#include "server/settings.h"

static bool has_admin(const struct server *server)
{
    return server->settings->config.admin_listen[0] != '\0';
}

static const struct route *routes_of(const struct server *server, size_t worker)
{
    if (worker == server->worker_count)
        return admin_routes;
    return has_admin(server) ? public_routes : server_routes;
}

static enum digit_status make_worker(struct server *server, struct digit_error *error)
{
    size_t index = server->made_count;
    struct worker *worker = &server->workers[index];
    struct predictor *predictor = NULL;
    enum digit_status status = worker_init(worker, &server->service, index, error);
    if (status != DIGIT_OK)
        return status;
    server->made_count++;
    worker->shard =
        metrics_shard(server->service.metrics,
                      index < server->worker_count ? METRICS_ROLE_WORKER : METRICS_ROLE_ADMIN,
                      index < server->worker_count ? index : 0);
    worker->unavailable = server->unavailable;
    worker->routes = routes_of(server, index);
    if (index < server->worker_count)
        status =
            predictor_create(&predictor, &server->settings->config, server->settings->model, error);
    worker_use_settings(worker, server->settings, predictor);
    return status;
}

static enum digit_status make_workers(struct server *server, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    size_t count = server->worker_count + has_admin(server);
    server->workers = calloc(count, sizeof *server->workers);
    if (server->workers == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu workers", count);
    server->service.workers = server->workers;
    server->service.worker_count = server->worker_count;
    while (status == DIGIT_OK && server->made_count < count)
        status = make_worker(server, error);
    return status;
}

/* Called by a thread of the lane. */
static void wake_worker(void *cls, size_t worker)
{
    struct server *server = cls;
    event_loop_wake(server->workers[worker].event_loop);
}

struct lane_limits server_lane_limits(const struct config *config)
{
    return (struct lane_limits){.queued = config->max_queued_requests,
                                .work_ms = config->max_queued_ms};
}

static enum digit_status start_picture_thread(struct server *server, struct digit_error *error)
{
    size_t index = server->picture_threads;
    enum digit_status status = predictor_create(
        &server->predictors[index], &server->settings->config, server->settings->model, error);
    if (status != DIGIT_OK)
        return status;
    server->picture_threads++;
    return lane_start_thread(server->service.lane, server->settings, server->predictors[index],
                             metrics_shard(server->service.metrics, METRICS_ROLE_PICTURE, index),
                             error);
}

/* The admin's worker, too, looks for answers of the lane when it is woken. */
static enum digit_status start_lane(struct server *server, struct digit_error *error)
{
    const struct config *config = &server->settings->config;
    struct lane_limits limits = server_lane_limits(config);
    enum digit_status status =
        lane_create(&server->service.lane, server->made_count, &limits, wake_worker, server, error);
    server->predictors = calloc(config->picture_threads, sizeof(struct predictor *));
    if (status == DIGIT_OK && server->predictors == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu picture threads",
                            config->picture_threads);
    while (status == DIGIT_OK && server->picture_threads < config->picture_threads)
        status = start_picture_thread(server, error);
    return status;
}

/* Called in the worker's thread. */
static void attend_worker(void *cls)
{
    struct worker *worker = cls;
    worker_take_offer(worker);
    request_life_resume(worker);
}

static void refuse_peer(void *cls, int socket)
{
    struct worker *worker = cls;
    refusal_of_peer(worker, socket, worker->settings->config.max_connections_per_peer);
}

/* `index` is the worker's number in the acceptor. */
static enum digit_status start_worker(struct worker *worker, struct acceptor *acceptor,
                                      size_t index, struct digit_error *error)
{
    struct MHD_Daemon *daemon;
    const struct event_loop_parts parts = {.acceptor = acceptor,
                                           .worker = index,
                                           .shard = worker->shard,
                                           .settings = &worker->settings,
                                           .on_wake = attend_worker,
                                           .on_refused = refuse_peer,
                                           .cls = worker};
    enum digit_status status = request_life_create_daemon(&daemon, worker, error);
    if (status == DIGIT_OK)
        status = event_loop_start(&worker->event_loop, daemon, &parts, error);
    return status;
}

static enum digit_status start_workers(struct server *server, struct digit_error *error)
{
    const struct config *config = &server->settings->config;
    const struct acceptor_options options = {
        .listen = config->listen,
        .worker_count = server->worker_count,
        .max_connections = server->service.max_connections,
        .max_per_peer = config->max_connections_per_peer,
        .send_buffer_bytes = config->send_buffer_bytes,
    };
    enum digit_status status = acceptor_open(&server->acceptor, &options, error);
    for (size_t i = 0; i < server->worker_count && status == DIGIT_OK; i++)
        status = start_worker(&server->workers[i], server->acceptor, i, error);
    return status;
}

static enum digit_status start_admin(struct server *server, struct digit_error *error)
{
    const struct config *config = &server->settings->config;
    const struct acceptor_options options = {
        .listen = config->admin_listen,
        .worker_count = 1,
        .max_connections = ADMIN_CONNECTIONS_MAX,
        .send_buffer_bytes = config->send_buffer_bytes,
    };
    if (!has_admin(server))
        return DIGIT_OK;
    enum digit_status status = acceptor_open(&server->admin_acceptor, &options, error);
    if (status == DIGIT_OK)
        status =
            start_worker(&server->workers[server->worker_count], server->admin_acceptor, 0, error);
    return status;
}

static enum digit_status reserve_descriptors(struct server *server, struct digit_error *error)
{
    struct descriptors descriptors;
    enum digit_status status = descriptors_reserve(&descriptors, &server->settings->config, error);
    if (status != DIGIT_OK)
        return status;
    server->service.max_connections = descriptors.max_connections;
    return receive_create(descriptors.limit, error);
}

static enum digit_status make_metrics(struct server *server, struct digit_error *error)
{
    const struct config *config = &server->settings->config;
    const struct metrics_options options = {.workers = config->workers,
                                            .picture_threads = config->picture_threads,
                                            .max_connections = server->service.max_connections,
                                            .problems = problem_slugs,
                                            .problem_count = PROBLEMS_COUNT};
    return metrics_create(&server->service.metrics, &options, error);
}

static enum digit_status start_parts(struct server *server, struct digit_error *error)
{
    enum digit_status status = reserve_descriptors(server, error);
    if (status == DIGIT_OK)
        status = make_metrics(server, error);
    if (status == DIGIT_OK)
        status = reply_unavailable_create(&server->unavailable, error);
    if (status == DIGIT_OK)
        status = make_workers(server, error);
    if (status == DIGIT_OK)
        status = start_lane(server, error);
    if (status == DIGIT_OK)
        status = start_workers(server, error);
    if (status == DIGIT_OK)
        status = start_admin(server, error);
    return status;
}

void server_use_limits(struct server *server, const struct config *config)
{
    struct lane_limits limits = server_lane_limits(config);
    if (server->service.lane != NULL)
        lane_set_limits(server->service.lane, &limits);
    atomic_store(&server->service.bodies.limit_bytes, config->max_bodies_bytes);
    atomic_store(&server->service.answers.limit_bytes, config->max_answers_bytes);
    atomic_store(&server->drain_delay_ms, config->drain_delay_ms);
    atomic_store(&server->drain_timeout_ms, config->drain_timeout_ms);
}

static enum digit_status reload_service(void *cls, struct digit_error *error)
{
    return server_try_reload(cls, error);
}

static void init_service(struct server *server)
{
    struct service *service = &server->service;
    reload_record_init(&service->reloads);
    service->reload = reload_service;
    service->reload_cls = server;
    service->started_at_s = clock_monotonic_s();
    server_use_limits(server, &server->settings->config);
}

enum digit_status server_start(struct server **out, struct settings *settings,
                               const struct server_reload *reload, struct digit_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        settings_destroy(settings);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the HTTP server");
    }
    server->settings = settings;
    server->reload = *reload;
    server->worker_count = settings->config.workers;
    pthread_mutex_init(&server->settings_lock, NULL);
    pthread_mutex_init(&server->reloading, NULL);
    init_service(server);
    enum digit_status status = start_parts(server, error);
    if (status == DIGIT_OK)
        *out = server;
    else
        server_stop(server);
    return status;
}

uint16_t server_port(const struct server *server)
{
    return acceptor_port(server->acceptor);
}

uint16_t server_admin_port(const struct server *server)
{
    return server->admin_acceptor != NULL ? acceptor_port(server->admin_acceptor) : 0;
}

const struct settings *server_hold_settings(struct server *server)
{
    pthread_mutex_lock(&server->settings_lock);
    return server->settings;
}

void server_release_settings(struct server *server)
{
    pthread_mutex_unlock(&server->settings_lock);
}

size_t server_max_connections(const struct server *server)
{
    return server->service.max_connections;
}

/* A reload that runs is waited for, since it needs all threads, and no other begins. */
static void stop_threads(struct server *server)
{
    pthread_mutex_lock(&server->reloading);
    if (server->service.lane != NULL)
        lane_stop(server->service.lane);
    for (size_t i = 0; i < server->made_count; i++)
        event_loop_stop(server->workers[i].event_loop);
}

void server_stop(struct server *server)
{
    stop_threads(server);
    acceptor_close(server->acceptor);
    acceptor_close(server->admin_acceptor);
    for (size_t i = 0; i < server->made_count; i++) {
        predictor_destroy(server->workers[i].predictor);
        worker_release(&server->workers[i]);
    }
    free(server->workers);
    for (size_t i = 0; i < server->picture_threads; i++)
        predictor_destroy(server->predictors[i]);
    free(server->predictors);
    lane_destroy(server->service.lane);
    reply_unavailable_destroy(server->unavailable);
    metrics_destroy(server->service.metrics);
    receive_destroy();
    settings_destroy(server->settings);
    pthread_mutex_destroy(&server->settings_lock);
    pthread_mutex_unlock(&server->reloading);
    pthread_mutex_destroy(&server->reloading);
    free(server);
}
