/*
 * For each request libmicrohttpd calls handle_request() when the headers have come, then for each
 * piece of the body, then once more to have it answered; complete_request() gives back what the
 * first call took. Only the first and the last call may answer, the first only if the body is not
 * to be read.
 *
 * libmicrohttpd closes a connection that is silent for too long. One that sends a request too
 * slowly is shut down by connections.c, and libmicrohttpd then sees its end.
 *
 * libmicrohttpd answers a malformed request line, a malformed length and oversized headers itself,
 * with pages that are not problem documents (0.9.75 even sends the headers of some of them twice,
 * and closes), and it takes a bare line feed for the end of a line. A proxy in front normalises
 * both.
 */
#include "server/http/request_life.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "server/config/config.h"
#include "server/http/connections.h"
#include "server/http/event_loop.h"
#include "server/http/exchange.h"
#include "server/http/reply_send.h"
#include "server/http/request_read.h"
#include "server/http/service.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"

#define CONNECTION_MEMORY_BYTES ((size_t)16 * 1024) /* request line and headers; 431 beyond */

/*
 * How much of a refused body is read and dropped beyond the limit, so that the client gets the
 * answer.
 */
#define MAX_DISCARDED_BYTES ((size_t)16 << 20)

/* The status that is counted for a client that left before it could be answered. */
#define STATUS_UNANSWERED 0

/* The worker's thread is the only one that writes the number: a load and a store are enough. */
static void count_in_flight(struct worker *worker, int change)
{
    size_t before = atomic_load_explicit(&worker->in_flight, memory_order_relaxed);
    atomic_store_explicit(&worker->in_flight, before + (size_t)change, memory_order_release);
}

static struct exchange *begin_exchange(struct worker *worker)
{
    struct service *service = worker->service;
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

static enum metrics_handler handler_of(const struct exchange *exchange)
{
    return exchange->route != NULL ? exchange->route->label : METRICS_OTHER;
}

/* Counts the request by its status before the answer is sent. */
static void count_request(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    struct metrics_shard *shard = request->worker->shard;
    metrics_request_answered(shard, handler_of(exchange), request->method, exchange->reply.status);
    if (exchange->reply.problem != PROBLEM_NONE)
        metrics_count_problem(shard, (size_t)exchange->reply.problem - 1);
    if (exchange->body.received_bytes > 0)
        metrics_observe_body(shard, exchange->body.received_bytes);
    exchange->answered_s = clock_monotonic_s();
    exchange->counted = true;
}

/* Counts the end of the request; returns how long it took. */
static double count_completion(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    struct metrics_shard *shard = request->worker->shard;
    double now_s = clock_monotonic_s();
    double seconds = now_s - exchange->begun_s;
    if (exchange->counted) {
        metrics_observe_phase(shard, METRICS_PHASE_WRITE, now_s - exchange->answered_s);
    } else {
        exchange->reply.status = STATUS_UNANSWERED;
        metrics_request_answered(shard, handler_of(exchange), request->method, STATUS_UNANSWERED);
    }
    metrics_request_completed(shard, handler_of(exchange), seconds, request->id);
    return seconds;
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

/*
 * Queues the reply, or 503 if there is no memory for it. It is counted before it is sent, so that a
 * client that has the answer finds it in the metrics.
 */
static enum MHD_Result send_reply(struct worker *worker, struct exchange *exchange,
                                  struct MHD_Connection *connection)
{
    struct reply *reply = &exchange->reply;
    reply->close = reply->close || atomic_load(&worker->service->draining);
    if (text_failed(&reply->body)) {
        reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
        reply->problem = PROBLEM_NO_MEMORY;
    }
    count_request(exchange);
    event_loop_note_answer(worker->event_loop, socket_of(connection));
    if (reply_send(reply, connection))
        return MHD_YES;
    reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, worker->unavailable);
}

/* Tells the client why its body cannot be kept. */
static void describe_refusal(struct fault *fault, const struct body *body)
{
    switch (body->refusal) {
    case BODY_TOO_LARGE:
        fault_set(fault, PROBLEM_BODY_TOO_LARGE, "the body has more than %zu bytes",
                  body->limit_bytes);
        fault_set_limit(fault, body->limit_bytes);
        break;
    case BODY_OVER_BUDGET:
        fault_set(fault, PROBLEM_NO_MEMORY,
                  "the request bodies being received would take more than %zu bytes in total",
                  body->budget->limit_bytes);
        fault_set_limit(fault, body->budget->limit_bytes);
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
    struct metrics_shard *shard = exchange->request.worker->shard;
    if (exchange->body.refusal == BODY_NOT_REFUSED)
        return false;
    if (exchange->body.refusal == BODY_TOO_LARGE)
        metrics_count_rejected(shard, METRICS_REJECTED_BODY_TOO_LARGE);
    if (exchange->body.refusal == BODY_OVER_BUDGET)
        metrics_count_rejected(shard, METRICS_REJECTED_BODIES_BUDGET);
    describe_refusal(&fault, &exchange->body);
    reply_fault(&exchange->reply, &fault);
    exchange->reply.close = true;
    return true;
}

/*
 * Whether a refused body must be read. Closing a connection that has unread bytes resets it, and
 * the client may lose the answer with it. So a body that the client is sending is read and dropped,
 * unless it is far too large.
 */
static bool must_discard(const struct exchange *exchange, const struct framing *framing)
{
    return !framing->awaits_continue &&
           framing->content_length <= exchange->body.limit_bytes + MAX_DISCARDED_BYTES;
}

/* The headers have come: decides what can be decided without the body. */
static enum MHD_Result receive_headers(struct worker *worker, struct exchange *exchange,
                                       struct MHD_Connection *connection,
                                       const struct request_line *line)
{
    struct framing framing;
    struct fault fault;
    enum problem problem = request_read(&exchange->request, &framing, connection, line, &fault);
    exchange->route = router_find(worker->service->routes, line->path);
    if (problem != PROBLEM_NONE) {
        metrics_count_rejected(worker->shard, METRICS_REJECTED_FRAMING);
        reply_fault(&exchange->reply, &fault);
        exchange->reply.close = true;
        return send_reply(worker, exchange, connection);
    }
    exchange->decided = !router_accepts(&exchange->reply, exchange->route, &exchange->request);
    if (!exchange->decided && framing.has_body) {
        body_expect(&exchange->body, framing.content_length);
        exchange->decided = refuse_body(exchange);
    }
    if (!exchange->decided || !framing.has_body || must_discard(exchange, &framing))
        return MHD_YES;
    exchange->reply.close = true;
    return send_reply(worker, exchange, connection);
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

/* The whole request has come: has the endpoint answer it. */
static enum MHD_Result answer_request(struct worker *worker, struct exchange *exchange,
                                      struct MHD_Connection *connection)
{
    struct request *request = &exchange->request;
    if (!exchange->decided && !refuse_body(exchange)) {
        request->body = exchange->body.bytes;
        request->body_bytes = exchange->body.size;
        exchange->route->handler(&exchange->reply, request);
    }
    return send_reply(worker, exchange, connection);
}

static enum MHD_Result handle_request(void *cls, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *upload_data, size_t *upload_data_size,
                                      void **request_cls)
{
    struct worker *worker = cls;
    struct exchange *exchange = *request_cls;
    if (exchange == NULL) {
        exchange = begin_exchange(worker);
        if (exchange == NULL)
            return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                      worker->unavailable);
        *request_cls = exchange;
        return receive_headers(worker, exchange, connection,
                               &(struct request_line){method, path, version});
    }
    if (*upload_data_size > 0)
        return receive_body(exchange, upload_data, upload_data_size);
    return answer_request(worker, exchange, connection);
}

/* What asks every few seconds whether the server is well. */
static bool is_probe(const struct exchange *exchange)
{
    switch (handler_of(exchange)) {
    case METRICS_HEALTH:
    case METRICS_LIVEZ:
    case METRICS_READYZ:
    case METRICS_METRICS:
        return true;
    case METRICS_PREDICT:
    case METRICS_OPENAPI:
    case METRICS_OTHER:
    case METRICS_HANDLERS:
        break;
    }
    return false;
}

static bool must_log(const struct exchange *exchange, const struct config *config)
{
    return config->access_log && (config->access_log_probes || !is_probe(exchange));
}

static void log_access(const struct exchange *exchange, double seconds)
{
    const struct request *request = &exchange->request;
    log_event(LOG_INFO, "request",
              LOG_FIELDS(log_text("request_id", request->id),
                         log_text("method", http_method_name(request->method)),
                         log_text("path", request->path),
                         log_size("status", exchange->reply.status),
                         log_size("body_bytes", exchange->body.received_bytes),
                         log_number("seconds", seconds)));
}

/* The connection's entry in worker->connections; NULL if it is not watched. */
static struct connection *watched_connection(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* libmicrohttpd calls this when a connection begins, and again before it closes the socket. */
static void notify_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct worker *worker = cls;
    int socket = socket_of(connection);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connections_remove(worker->connections, *socket_context);
        event_loop_note_connection_end(worker->event_loop);
        metrics_connection_end(worker->shard);
        return;
    }
    event_loop_note_connection_begin(worker->event_loop);
    metrics_connection_begin(worker->shard);
    if (socket >= 0)
        *socket_context = connections_add(worker->connections, socket);
}

/* libmicrohttpd calls this when the answer has been sent or the connection has failed. */
static void complete_request(void *cls, struct MHD_Connection *connection, void **request_cls,
                             enum MHD_RequestTerminationCode code)
{
    struct worker *worker = cls;
    struct exchange *exchange = *request_cls;
    (void)code;
    connection_answered(watched_connection(connection));
    if (exchange == NULL)
        return;
    double seconds = count_completion(exchange);
    if (must_log(exchange, worker->service->config))
        log_access(exchange, seconds);
    count_in_flight(worker, -1);
    exchange_pool_give(&worker->exchanges, exchange);
    *request_cls = NULL;
}

/* libmicrohttpd's own messages are about single connections: they are logged for debugging only. */
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

/* Paths are compared as they were sent: an encoded NUL or slash cannot turn one into another. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

enum digit_status request_life_create_daemon(struct MHD_Daemon **out, struct worker *worker,
                                             struct digit_error *error)
{
    const struct config *config = worker->service->config;
    *out = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle_request,
        worker, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        complete_request, worker, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, worker,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)config->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)config->connection_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY_BYTES, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (*out == NULL)
        return digit_fail(error, DIGIT_IO, "cannot start libmicrohttpd: %s", strerror(errno));
    return DIGIT_OK;
}
