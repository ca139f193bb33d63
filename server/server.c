#include "server/server.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "server/config/config.h"
#include "server/endpoints/predictor.h"
#include "server/http/acceptor.h"
#include "server/http/connections.h"
#include "server/http/event_loop.h"
#include "server/http/reply_send.h"
#include "server/http/request_life.h"
#include "server/http/service.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"

/*
 * connection_timeout_s limits how long a client may be silent; a whole request may take this many
 * times as long.
 */
#define REQUEST_TIMEOUTS 2

#define DRAIN_POLL_MS  5
#define DRAIN_QUIET_MS 50

struct server {
    struct service *service;
    struct MHD_Response *unavailable; /* the answer if there is no memory for another */
    struct connections *connections;
    struct acceptor *acceptor;
    struct worker *workers; /* [worker_count] */
    size_t worker_count;
};

static enum digit_status make_worker(struct worker *out, const struct server *server, size_t index,
                                     struct digit_error *error)
{
    struct service *service = server->service;
    enum digit_status status = worker_init(out, service, index, error);
    if (status != DIGIT_OK)
        return status;
    out->connections = server->connections;
    out->unavailable = server->unavailable;
    return predictor_create(&out->predictor, service->config, service->model, error);
}

static enum digit_status make_workers(struct server *server, size_t count,
                                      struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    server->workers = calloc(count, sizeof *server->workers);
    if (server->workers == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu workers", count);
    while (status == DIGIT_OK && server->worker_count < count) {
        size_t index = server->worker_count;
        status = make_worker(&server->workers[index], server, index, error);
        if (status == DIGIT_OK)
            server->worker_count++;
    }
    return status;
}

static enum digit_status start_workers(struct server *server, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; i < server->worker_count && status == DIGIT_OK; i++) {
        struct worker *worker = &server->workers[i];
        struct MHD_Daemon *daemon;
        status = request_life_create_daemon(&daemon, worker, error);
        if (status == DIGIT_OK)
            status = event_loop_start(&worker->event_loop, daemon, server->acceptor, i, error);
    }
    return status;
}

static void destroy_server(struct server *server)
{
    for (size_t i = 0; i < server->worker_count; i++)
        event_loop_stop(server->workers[i].event_loop);
    acceptor_close(server->acceptor);
    connections_destroy(server->connections);
    for (size_t i = 0; i < server->worker_count; i++) {
        predictor_destroy(server->workers[i].predictor);
        worker_release(&server->workers[i]);
    }
    free(server->workers);
    reply_unavailable_destroy(server->unavailable);
    free(server);
}

enum digit_status server_start(struct server **out, struct service *service, size_t worker_count,
                               struct digit_error *error)
{
    const struct config *config = service->config;
    size_t deadline_ms = config->connection_timeout_s * 1000 * REQUEST_TIMEOUTS;
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the HTTP server");
    server->service = service;
    enum digit_status status = reply_unavailable_create(&server->unavailable, error);
    if (status == DIGIT_OK)
        status = connections_create(&server->connections, deadline_ms, error);
    if (status == DIGIT_OK)
        status = make_workers(server, worker_count, error);
    if (status == DIGIT_OK)
        status = acceptor_open(&server->acceptor, config->listen, config->max_connections,
                               worker_count, error);
    if (status == DIGIT_OK)
        status = start_workers(server, error);
    if (status == DIGIT_OK)
        *out = server;
    else
        destroy_server(server);
    return status;
}

uint16_t server_port(const struct server *server)
{
    return acceptor_port(server->acceptor);
}

static size_t requests_in_flight(const struct server *server)
{
    size_t sum = 0;
    for (size_t i = 0; i < server->worker_count; i++)
        sum += atomic_load_explicit(&server->workers[i].in_flight, memory_order_acquire);
    return sum;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/*
 * Waits until no request has been in flight for DRAIN_QUIET_MS: a request that has arrived and has
 * not been read yet is answered in that time. False if drain_timeout_ms was over before.
 */
static bool wait_until_quiet(const struct server *server)
{
    double now_s = clock_monotonic_s();
    double end_s = now_s + (double)server->service->config->drain_timeout_ms * 1e-3;
    double busy_s = now_s;
    while (now_s - busy_s < DRAIN_QUIET_MS * 1e-3) {
        if (now_s > end_s)
            return false;
        sleep_ms(DRAIN_POLL_MS);
        now_s = clock_monotonic_s();
        if (requests_in_flight(server) > 0)
            busy_s = now_s;
    }
    return true;
}

bool server_drain_and_stop(struct server *server)
{
    atomic_store(&server->service->draining, true);
    for (size_t i = 0; i < server->worker_count; i++)
        event_loop_quiesce(server->workers[i].event_loop);
    bool quiet = wait_until_quiet(server);
    destroy_server(server);
    return quiet;
}
