/*
 * Threads. Each worker has a lane: a libmicrohttpd daemon with its own epoll set, and a thread (event_loop.c)
 * that runs it and shares out new connections (acceptor.c). A request lives and is answered in the
 * thread of its connection: no queue, no lock, no hand-over.
 *
 * Calls. For each request libmicrohttpd calls handle_request() when the headers have come, then for
 * each piece of the body, then once more to be answered; complete_request() frees what the first
 * call made. Only the first and the last call may answer, and the first only if the body is not to
 * be read.
 *
 * Time. A silent connection is closed by libmicrohttpd, one that sends a request too slowly is shut
 * down by connections.c, and libmicrohttpd then sees its end.
 *
 * Stopping. New connections are refused, the answers to what is in flight close their connections,
 * and when nothing has been in flight for a moment, or time is up, the threads are joined.
 *
 * What remains libmicrohttpd's: its own pages for malformed request lines, malformed lengths and
 * oversized headers are not problem documents (0.9.75 even sends the headers of some of them twice,
 * and closes), and it takes a bare line feed for the end of a line. A proxy in front normalises both.
 */
#include "server/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/acceptor.h"
#include "server/config/config.h"
#include "server/connections.h"
#include "server/endpoints/predictor.h"
#include "server/event_loop.h"
#include "server/exchange.h"
#include "server/observe/clock.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/reply_send.h"
#include "server/request_read.h"
#include "server/service.h"
#include "server/worker.h"

#define CONNECTION_MEMORY_BYTES ((size_t)16 * 1024) /* request line and headers; 431 beyond */

/* How much of a body that nobody wants is read for the sake of answering it. */
#define MAX_DISCARDED_BYTES ((size_t)16 << 20)

/* What is counted for a client that went away before it could be answered. */
#define STATUS_UNANSWERED 0

/*
 * connection_timeout_s is how long a client may send nothing; a whole request may take this many
 * times as long.
 */
#define REQUEST_TIMEOUTS 2

#define DRAIN_POLL_MS  5
#define DRAIN_QUIET_MS 50

struct lane {
    struct server *server;
    struct worker worker;
    struct event_loop *loop; /* NULL: not started */
};

struct server {
    struct service *service;
    struct lane *lanes; /* [lane_count] */
    size_t lane_count;
    struct MHD_Response *unavailable; /* the answer when there is no memory for another */
    struct connections *connections;
    struct acceptor *acceptor;
};

/* Only the worker's thread writes its number, so that reading and storing it need not be one step.
 */
static void count_in_flight(struct worker *worker, int change)
{
    size_t before = atomic_load_explicit(&worker->in_flight, memory_order_relaxed);
    atomic_store_explicit(&worker->in_flight, before + (size_t)change, memory_order_release);
}

static struct exchange *begin_exchange(struct lane *lane)
{
    struct worker *worker = &lane->worker;
    struct service *service = lane->server->service;
    struct exchange *exchange = exchange_pool_take(&worker->exchanges);
    if (exchange == NULL)
        return NULL;
    exchange->request.worker = worker;
    exchange->request.service = service;
    exchange->begun_s = clock_monotonic_s();
    reply_init(&exchange->reply, exchange->request.id);
    body_init(&exchange->body, service->config->max_body_bytes, &service->bodies);
    metrics_request_begin(worker->shard);
    count_in_flight(worker, 1);
    return exchange;
}

static void count_request(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    metrics_request_end(
        request->worker->shard, exchange->route != NULL ? exchange->route->label : METRICS_OTHER,
        request->method, exchange->reply.status, clock_monotonic_s() - exchange->begun_s);
    exchange->counted = true;
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

/*
 * Queues the reply, or 503 if there is no memory for it. It is counted before it is sent, so that a
 * client which has its answer finds it in the metrics.
 */
static enum MHD_Result send_reply(struct lane *lane, struct exchange *exchange,
                                  struct MHD_Connection *connection)
{
    struct server *server = lane->server;
    struct reply *reply = &exchange->reply;
    reply->close = reply->close || atomic_load(&server->service->draining);
    if (text_failed(&reply->body))
        reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    count_request(exchange);
    event_loop_note_answer(lane->loop, socket_of(connection));
    if (reply_send(reply, connection))
        return MHD_YES;
    reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, server->unavailable);
}

/* What a body that cannot be kept is to the client. */
static void describe_refusal(struct fault *fault, const struct body *body)
{
    switch (body->refusal) {
    case BODY_TOO_LARGE:
        fault_set(fault, PROBLEM_BODY_TOO_LARGE, "the body has more than %zu bytes",
                  body->limit_bytes);
        fault_limit(fault, body->limit_bytes);
        break;
    case BODY_OVER_BUDGET:
        fault_set(fault, PROBLEM_NO_MEMORY,
                  "the request bodies being received would take more than %zu bytes in total",
                  body->budget->limit_bytes);
        fault_limit(fault, body->budget->limit_bytes);
        break;
    case BODY_NO_MEMORY:
    case BODY_NOT_REFUSED:
    default:
        fault_set(fault, PROBLEM_NO_MEMORY, "no memory for the body");
        break;
    }
}

/* True if the body, received or announced, cannot be kept; the reply then says why. */
static bool refuse_body(struct exchange *exchange)
{
    struct fault fault;
    if (exchange->body.refusal == BODY_NOT_REFUSED)
        return false;
    describe_refusal(&fault, &exchange->body);
    reply_fault(&exchange->reply, &fault);
    exchange->reply.close = true;
    return true;
}

/*
 * A client that is sending its body hears an early answer only if it is still connected when it
 * has sent all: closing on unread bytes resets the connection and may take the answer with it. So a
 * body that is on its way is read and dropped, unless it is far too large.
 */
static bool must_discard(const struct exchange *exchange, const struct framing *framing)
{
    return !framing->awaits_continue &&
           framing->content_length <= exchange->body.limit_bytes + MAX_DISCARDED_BYTES;
}

/* Headers have come: decides what can be decided without the body. */
static enum MHD_Result receive_headers(struct lane *lane, struct exchange *exchange,
                                       struct MHD_Connection *connection,
                                       const struct request_line *line)
{
    struct framing framing;
    struct fault fault;
    enum problem problem = request_read(&exchange->request, &framing, connection, line, &fault);
    exchange->route = router_find(lane->server->service->routes, line->path);
    if (problem != PROBLEM_NONE) {
        reply_fault(&exchange->reply, &fault);
        exchange->reply.close = true;
        return send_reply(lane, exchange, connection);
    }
    exchange->decided = !router_accepts(&exchange->reply, exchange->route, &exchange->request);
    if (!exchange->decided && framing.has_body) {
        body_expect(&exchange->body, framing.content_length);
        exchange->decided = refuse_body(exchange);
    }
    if (!exchange->decided || !framing.has_body || must_discard(exchange, &framing))
        return MHD_YES;
    exchange->reply.close = true;
    return send_reply(lane, exchange, connection);
}

/* A piece of the body has come. */
static enum MHD_Result receive_body(struct exchange *exchange, const char *bytes, size_t *size)
{
    if (exchange->decided)
        exchange->body.received_bytes += *size;
    else
        body_append(&exchange->body, bytes, *size);
    *size = 0;
    return exchange->body.received_bytes > exchange->body.limit_bytes + MAX_DISCARDED_BYTES
               ? MHD_NO
               : MHD_YES;
}

/* All has come: the endpoint's turn. */
static enum MHD_Result answer(struct lane *lane, struct exchange *exchange,
                              struct MHD_Connection *connection)
{
    struct request *request = &exchange->request;
    if (!exchange->decided && !refuse_body(exchange)) {
        request->body = exchange->body.bytes;
        request->body_bytes = exchange->body.size;
        exchange->route->handler(&exchange->reply, request);
    }
    return send_reply(lane, exchange, connection);
}

static enum MHD_Result handle_request(void *cls, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *upload_data, size_t *upload_data_size,
                                      void **request_cls)
{
    struct lane *lane = cls;
    struct exchange *exchange = *request_cls;
    if (exchange == NULL) {
        exchange = begin_exchange(lane);
        if (exchange == NULL)
            return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                      lane->server->unavailable);
        *request_cls = exchange;
        return receive_headers(lane, exchange, connection,
                               &(struct request_line){method, path, version});
    }
    if (*upload_data_size > 0)
        return receive_body(exchange, upload_data, upload_data_size);
    return answer(lane, exchange, connection);
}

static void log_access(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    double seconds = clock_monotonic_s() - exchange->begun_s;
    log_event(LOG_INFO, "request",
              LOG_FIELDS(log_text("request_id", request->id),
                         log_text("method", http_method_name(request->method)),
                         log_text("path", request->path),
                         log_size("status", exchange->reply.status),
                         log_size("body_bytes", exchange->body.received_bytes),
                         log_number("seconds", seconds)));
}

/* The connection as connections.h knows it; NULL if it is not watched. */
static struct connection *watched(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* libmicrohttpd calls this when a connection begins, and again before it closes the socket. */
static void notify_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct lane *lane = cls;
    struct connections *connections = lane->server->connections;
    int socket = socket_of(connection);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connections_remove(connections, *socket_context);
        event_loop_note_end(lane->loop);
        metrics_connection_end(lane->worker.shard);
        return;
    }
    event_loop_note_begin(lane->loop);
    metrics_connection_begin(lane->worker.shard);
    if (socket >= 0)
        *socket_context = connections_add(connections, socket);
}

static void complete_request(void *cls, struct MHD_Connection *connection, void **request_cls,
                             enum MHD_RequestTerminationCode code)
{
    const struct lane *lane = cls;
    struct exchange *exchange = *request_cls;
    (void)code;
    connection_answered(watched(connection));
    if (exchange == NULL)
        return;
    if (!exchange->counted) {
        exchange->reply.status = STATUS_UNANSWERED;
        count_request(exchange);
    }
    if (lane->server->service->config->access_log)
        log_access(exchange);
    count_in_flight(exchange->request.worker, -1);
    exchange_pool_give(&exchange->request.worker->exchanges, exchange);
    *request_cls = NULL;
}

/* libmicrohttpd's messages, which are about connections more than about the server. */
__attribute__((format(printf, 2, 0))) static void log_library(void *cls, const char *format,
                                                              va_list arguments)
{
    char message[512];
    size_t size;
    (void)cls;
    vsnprintf(message, sizeof message, format, arguments);
    size = strlen(message);
    if (size > 0 && message[size - 1] == '\n')
        message[size - 1] = '\0';
    log_event(LOG_DEBUG, "libmicrohttpd", LOG_FIELDS(log_text("detail", message)));
}

/* Paths are compared as they were sent, so that no encoded NUL or slash can change them. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static enum digit_status start_lane(struct lane *lane, struct digit_error *error)
{
    const struct server *server = lane->server;
    const struct config *config = server->service->config;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle_request,
        lane, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        complete_request, lane, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, lane,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)config->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)config->connection_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY_BYTES, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (daemon == NULL)
        return digit_fail(error, DIGIT_IO, "cannot start libmicrohttpd: %s", strerror(errno));
    return event_loop_start(&lane->loop, daemon, server->acceptor, lane->worker.index, error);
}

static enum digit_status make_worker(struct worker *worker, const struct service *service,
                                     size_t index, struct digit_error *error)
{
    enum digit_status status = worker_init(worker, service, index, error);
    if (status != DIGIT_OK)
        return status;
    return predictor_create(&worker->predictor, service->config, service->model, error);
}

static enum digit_status make_lanes(struct server *server, size_t count, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    server->lanes = calloc(count, sizeof *server->lanes);
    if (server->lanes == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu workers", count);
    while (status == DIGIT_OK && server->lane_count < count) {
        struct lane *lane = &server->lanes[server->lane_count];
        lane->server = server;
        status = make_worker(&lane->worker, server->service, server->lane_count, error);
        if (status == DIGIT_OK)
            server->lane_count++;
    }
    return status;
}

static enum digit_status start_lanes(struct server *server, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; i < server->lane_count && status == DIGIT_OK; i++)
        status = start_lane(&server->lanes[i], error);
    return status;
}

static void destroy(struct server *server)
{
    for (size_t i = 0; i < server->lane_count; i++)
        event_loop_stop(server->lanes[i].loop);
    acceptor_close(server->acceptor);
    connections_destroy(server->connections);
    for (size_t i = 0; i < server->lane_count; i++) {
        predictor_destroy(server->lanes[i].worker.predictor);
        worker_release(&server->lanes[i].worker);
    }
    free(server->lanes);
    reply_unavailable_destroy(server->unavailable);
    free(server);
}

enum digit_status server_start(struct server **out, struct service *service, size_t worker_count,
                               struct digit_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    enum digit_status status;
    if (server == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the HTTP server");
    server->service = service;
    status = reply_unavailable_create(&server->unavailable, error);
    if (status == DIGIT_OK)
        status = make_lanes(server, worker_count, error);
    if (status == DIGIT_OK)
        status = connections_create(&server->connections,
                                    service->config->connection_timeout_s * 1000 * REQUEST_TIMEOUTS,
                                    error);
    if (status == DIGIT_OK)
        status = acceptor_open(&server->acceptor, service->config->listen,
                               service->config->max_connections, worker_count, error);
    if (status == DIGIT_OK)
        status = start_lanes(server, error);
    if (status != DIGIT_OK) {
        destroy(server);
        return status;
    }
    *out = server;
    return DIGIT_OK;
}

uint16_t server_port(const struct server *server)
{
    return acceptor_port(server->acceptor);
}

const char *server_library_version(void)
{
    return event_loop_library_version();
}

static size_t in_flight(const struct server *server)
{
    size_t sum = 0;
    for (size_t i = 0; i < server->lane_count; i++)
        sum += atomic_load_explicit(&server->lanes[i].worker.in_flight, memory_order_acquire);
    return sum;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/*
 * Waits until nothing has been in flight for DRAIN_QUIET_MS, which gives requests that have arrived
 * and not been read yet the time to be. False if that did not come about in time.
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
        if (in_flight(server) > 0)
            busy_s = now_s;
    }
    return true;
}

bool server_drain_and_stop(struct server *server)
{
    bool quiet;
    atomic_store(&server->service->draining, true);
    for (size_t i = 0; i < server->lane_count; i++)
        event_loop_quiesce(server->lanes[i].loop);
    quiet = wait_until_quiet(server);
    destroy(server);
    return quiet;
}
