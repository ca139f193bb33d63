/*
 * For each request libmicrohttpd calls handle_request() when the headers have come, then for each
 * piece of the body, then once more to have it answered; complete_request() gives back what the
 * first call took. Only the first and the last call may answer, the first only if the body is not
 * to be read.
 *
 * A costly request is answered by the lane (lane.h): its connection is suspended until the answer
 * is ready, and libmicrohttpd then calls handle_request() once more.
 *
 * What libmicrohttpd would refuse itself, or would let pass, has been refused before it sees it
 * (receive.h). Connections that are slow or whose peer has gone are ended by connections.h.
 */
#include "server/http/request_life.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/http/access_log.h"
#include "server/http/connection.h"
#include "server/http/event_loop.h"
#include "server/http/exchange.h"
#include "server/http/lane.h"
#include "server/http/receive.h"
#include "server/http/refusal.h"
#include "server/http/reply_send.h"
#include "server/http/request_read.h"
#include "server/http/service.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"

/*
 * libmicrohttpd has a connection's memory for the head of a request, what it notes of each header
 * and parameter, and the head of the answer; it clears all of it before each request.
 */
#define HEADER_NOTE_BYTES 80
#define ANSWER_HEAD_BYTES 2048

/* Requests with a higher estimate leave the worker. */
#define INLINE_COST_MS 1.0

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

/* What notify_connection has made for the connection; NULL if there was no memory. */
static struct connection *connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

/* What the request works with when the worker itself answers it. */
static void use_worker(struct request *request)
{
    const struct worker *worker = request->worker;
    request->settings = worker->settings;
    request->predictor = worker->predictor;
    request->shard = worker->shard;
}

static struct exchange *begin_exchange(struct worker *worker, struct connection *connection)
{
    struct service *service = worker->service;
    struct exchange *exchange = exchange_pool_take(&worker->exchanges);
    if (exchange == NULL)
        return NULL;
    exchange->connection = connection;
    connection->exchange = exchange;
    exchange->request.worker = worker;
    exchange->request.service = service;
    use_worker(&exchange->request);
    reply_init(&exchange->reply, exchange->request.id);
    body_init(&exchange->body, worker->settings->config.max_body_bytes, &service->bodies);
    metrics_request_begin(worker->shard);
    return exchange;
}

static enum metrics_handler handler_of(const struct exchange *exchange)
{
    return exchange->route != NULL ? exchange->route->label : METRICS_OTHER;
}

/* Counts the request by its status. */
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

/* Whether the connection is to be closed after this answer. */
static bool must_close(const struct worker *worker, const struct exchange *exchange)
{
    size_t limit = worker->settings->config.max_requests_per_connection;
    return exchange->reply.close || atomic_load(&worker->service->draining) ||
           (limit > 0 && exchange->connection->answered + 1 >= limit);
}

/* Replaces an answer for which max_answers_bytes leaves too little by 503. */
static void take_answer_bytes(struct exchange *exchange)
{
    struct budget *budget = &exchange->request.worker->service->answers;
    size_t bytes = exchange->reply.body.size;
    if (bytes <= BODY_SMALL_BYTES)
        return;
    if (budget_take(budget, bytes)) {
        exchange->answer_bytes = bytes;
        return;
    }
    size_t limit = atomic_load(&budget->limit_bytes);
    metrics_count_rejected(exchange->request.worker->shard, METRICS_REJECTED_ANSWERS_BUDGET);
    reply_problem(&exchange->reply, PROBLEM_NO_MEMORY,
                  "the answers being sent would take more than %zu bytes in total", limit);
}

/*
 * Queues the reply, or 503 if there is no memory for it. It is counted before it is sent, so that a
 * client that has the answer finds it in the metrics.
 */
static enum MHD_Result send_reply(struct worker *worker, struct exchange *exchange,
                                  struct MHD_Connection *connection)
{
    struct reply *reply = &exchange->reply;
    take_answer_bytes(exchange);
    reply->close = must_close(worker, exchange);
    if (text_failed(&reply->body)) {
        reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
        reply->problem = PROBLEM_NO_MEMORY;
    }
    count_request(exchange);
    event_loop_note_answer(worker->event_loop, exchange->connection->socket);
    if (reply_send(reply, connection))
        return MHD_YES;
    reply->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, worker->unavailable);
}

/* Tells the client why its body cannot be kept. */
static void describe_refusal(struct fault *fault, const struct body *body)
{
    size_t limit;
    switch (body->refusal) {
    case BODY_TOO_LARGE:
        fault_set(fault, PROBLEM_BODY_TOO_LARGE, "the body has more than %zu bytes",
                  body->limit_bytes);
        fault_set_limit(fault, body->limit_bytes);
        break;
    case BODY_OVER_BUDGET:
        limit = atomic_load(&body->budget->limit_bytes);
        fault_set(fault, PROBLEM_NO_MEMORY,
                  "the request bodies being received would take more than %zu bytes in total",
                  limit);
        fault_set_limit(fault, limit);
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
 * Whether a refused body is read before the answer is given, so that the connection can be used
 * again or the client is done with sending when it is closed.
 */
static bool must_discard(const struct exchange *exchange, const struct framing *framing)
{
    return !framing->awaits_continue &&
           framing->content_length <= exchange->body.limit_bytes + MAX_DISCARDED_BYTES;
}

/* True if so many requests are in flight that the service takes no further one. */
static bool refuse_overload(struct exchange *exchange)
{
    struct worker *worker = exchange->request.worker;
    size_t limit = exchange->request.settings->config.max_requests_in_flight;
    if (exchange->route->cost_ms == NULL)
        return false;
    count_in_flight(worker, 1);
    exchange->in_flight = limit == 0 || service_requests_in_flight(worker->service) <= limit;
    if (exchange->in_flight)
        return false;
    count_in_flight(worker, -1);
    struct fault fault;
    metrics_count_rejected(exchange->request.shard, METRICS_REJECTED_REQUESTS_IN_FLIGHT);
    fault_set(&fault, PROBLEM_OVERLOADED, "more than %zu requests are in flight", limit);
    fault_set_limit(&fault, limit);
    reply_fault(&exchange->reply, &fault);
    return true;
}

/* Decides what can be decided without the body. */
static bool decide_early(struct exchange *exchange, const struct framing *framing)
{
    if (!router_accepts(&exchange->reply, exchange->route, &exchange->request))
        return true;
    if (framing->has_body) {
        body_expect(&exchange->body, framing->content_length);
        if (refuse_body(exchange))
            return true;
    }
    return refuse_overload(exchange);
}

/* The headers have come. */
static enum MHD_Result receive_headers(struct worker *worker, struct exchange *exchange,
                                       struct MHD_Connection *connection,
                                       const struct request_line *line)
{
    struct framing framing;
    struct fault fault;
    enum problem problem = request_read(&exchange->request, &framing, connection, line, &fault);
    exchange->route = router_find(worker->routes, exchange->request.path);
    if (problem != PROBLEM_NONE) {
        reply_fault(&exchange->reply, &fault);
        exchange->decided = true;
    } else {
        exchange->decided = decide_early(exchange, &framing);
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
    return MHD_YES;
}

static void refuse_full_lane(struct exchange *exchange)
{
    const struct config *config = &exchange->request.settings->config;
    metrics_count_rejected(exchange->request.worker->shard, METRICS_REJECTED_QUEUE_FULL);
    reply_problem(&exchange->reply, PROBLEM_OVERLOADED,
                  "%zu costly requests or %zu ms of their work are waiting already",
                  config->max_queued_requests, config->max_queued_ms);
}

/* Gives the request to the lane if it is costly; false if the worker is to answer it. */
static bool leave_worker(struct worker *worker, struct exchange *exchange,
                         struct MHD_Connection *connection)
{
    const struct route *route = exchange->route;
    double cost_ms = route->cost_ms != NULL ? route->cost_ms(&exchange->request) : 0;
    if (cost_ms <= INLINE_COST_MS)
        return false;
    exchange->suspended = connection;
    if (lane_submit(worker->service->lane, exchange, cost_ms)) {
        MHD_suspend_connection(connection);
        return true;
    }
    refuse_full_lane(exchange);
    exchange->handled = true;
    return false;
}

static void note_received(const struct exchange *exchange)
{
    const struct connection *connection = exchange->connection;
    metrics_observe_phase(exchange->request.shard, METRICS_PHASE_READ,
                          connection->received_s - connection->begun_s);
}

/* The whole request has come: has the endpoint answer it, unless its client has gone. */
static enum MHD_Result answer_request(struct worker *worker, struct exchange *exchange,
                                      struct MHD_Connection *connection)
{
    struct request *request = &exchange->request;
    if (atomic_load(&exchange->abandoned))
        return MHD_NO;
    if (!exchange->handled && !exchange->decided && !refuse_body(exchange)) {
        request->body = exchange->body.bytes;
        request->body_bytes = exchange->body.size;
        use_worker(request);
        note_received(exchange);
        if (leave_worker(worker, exchange, connection))
            return MHD_YES;
        if (!exchange->handled)
            exchange->route->handler(&exchange->reply, request);
    }
    return send_reply(worker, exchange, connection);
}

static enum MHD_Result handle_request(void *cls, struct MHD_Connection *connection,
                                      const char *target, const char *method, const char *version,
                                      const char *upload_data, size_t *upload_data_size,
                                      void **request_cls)
{
    struct worker *worker = cls;
    struct exchange *exchange = *request_cls;
    (void)version;
    if (exchange == NULL) {
        struct connection *own = connection_of(connection);
        exchange = own != NULL ? begin_exchange(worker, own) : NULL;
        if (exchange == NULL)
            return MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                      worker->unavailable);
        *request_cls = exchange;
        return receive_headers(worker, exchange, connection,
                               &(struct request_line){method, target});
    }
    if (*upload_data_size > 0)
        return receive_body(exchange, upload_data, upload_data_size);
    return answer_request(worker, exchange, connection);
}

void request_life_resume(struct worker *worker)
{
    struct exchange *exchange;
    while ((exchange = lane_collect(worker->service->lane, worker->index)) != NULL) {
        struct MHD_Connection *connection = exchange->suspended;
        exchange->suspended = NULL;
        exchange->handled = true;
        MHD_resume_connection(connection);
    }
}

static void log_access(const struct exchange *exchange, double seconds)
{
    const struct request *request = &exchange->request;
    const struct access access = {.request_id = request->id,
                                  .handler = handler_of(exchange),
                                  .method = http_method_name(request->method),
                                  .path = request->path,
                                  .status = exchange->reply.status,
                                  .problem = exchange->reply.problem,
                                  .body_bytes = exchange->body.received_bytes,
                                  .seconds = seconds};
    access_log_write(&request->worker->settings->config, &access);
}

/* What libmicrohttpd keeps for a connection: NULL for one that cannot be watched, and is closed. */
static struct connection *begin_connection(struct worker *worker, int socket)
{
    size_t peer = event_loop_note_connection_begin(worker->event_loop);
    struct connection *connection = malloc(sizeof *connection);
    if (connection == NULL || !receive_attach(socket, connection)) {
        event_loop_note_connection_end(worker->event_loop, peer);
        shutdown(socket, SHUT_RDWR);
        free(connection);
        return NULL;
    }
    metrics_connection_begin(worker->shard);
    connection_init(connection, worker, socket, &worker->http_limits);
    connection->peer = peer;
    event_loop_watch_connection(worker->event_loop, connection);
    return connection;
}

static void end_connection(struct worker *worker, struct connection *connection)
{
    if (connection == NULL)
        return;
    if (!connection->refused && connection_phase(connection) == CONNECTION_HEAD)
        metrics_count_abort(worker->shard, METRICS_ABORT_HEAD);
    receive_detach(connection->socket);
    event_loop_unwatch_connection(worker->event_loop, connection);
    event_loop_note_connection_end(worker->event_loop, connection->peer);
    metrics_connection_end(worker->shard);
    free(connection);
}

/* libmicrohttpd calls this when a connection begins, and again before it closes the socket. */
static void notify_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct worker *worker = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
        end_connection(worker, *socket_context);
    else
        *socket_context = begin_connection(worker, socket_of(connection));
}

/* A request that was begun and has got no answer: its client has gone, or it was refused. */
static void count_unanswered(struct exchange *exchange)
{
    if (!exchange->connection->refused) {
        exchange->reply.status = STATUS_UNANSWERED;
        exchange->reply.problem = PROBLEM_NONE;
        metrics_count_abort(exchange->request.worker->shard, atomic_load(&exchange->abandoned)
                                                                 ? METRICS_ABORT_QUEUE
                                                                 : METRICS_ABORT_BODY);
    }
    count_request(exchange);
}

static double count_completion(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    struct metrics_shard *shard = request->worker->shard;
    double now_s = clock_monotonic_s();
    double seconds = now_s - exchange->connection->begun_s;
    metrics_observe_phase(shard, METRICS_PHASE_WRITE, now_s - exchange->answered_s);
    metrics_request_completed(shard, handler_of(exchange), seconds, request->id);
    return seconds;
}

static void end_exchange(struct worker *worker, struct exchange *exchange, bool sent)
{
    if (!exchange->counted)
        count_unanswered(exchange);
    else if (!sent)
        metrics_count_abort(worker->shard, METRICS_ABORT_ANSWER);
    log_access(exchange, count_completion(exchange));
    if (exchange->answer_bytes > 0)
        budget_give(&worker->service->answers, exchange->answer_bytes);
    if (exchange->in_flight)
        count_in_flight(worker, -1);
    exchange_pool_give(&worker->exchanges, exchange);
}

/*
 * Refuses a pipelined request that violates HTTP, now that those before it have been answered.
 * Shutting down the socket's input has libmicrohttpd read from it once more.
 */
static void refuse_next(struct connection *connection)
{
    if (connection->framing.violation == HTTP_NO_VIOLATION || connection->refused ||
        connection_phase(connection) == CONNECTION_ANSWER)
        return;
    refusal_of_violation(connection);
    shutdown(connection->socket, SHUT_RD);
}

/* libmicrohttpd calls this when the answer has been sent or the connection has failed. */
static void complete_request(void *cls, struct MHD_Connection *connection, void **request_cls,
                             enum MHD_RequestTerminationCode code)
{
    struct worker *worker = cls;
    struct connection *own = connection_of(connection);
    if (*request_cls != NULL)
        end_exchange(worker, *request_cls, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    *request_cls = NULL;
    if (own == NULL)
        return;
    own->exchange = NULL;
    connection_note_answered(own);
    refuse_next(own);
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

static size_t connection_memory_bytes(const struct worker *worker)
{
    const struct http_limits *limits = &worker->http_limits;
    size_t notes = limits->headers + HTTP_PARAMETERS_MAX;
    return limits->head_bytes + notes * HEADER_NOTE_BYTES + ANSWER_HEAD_BYTES;
}

enum digit_status request_life_create_daemon(struct MHD_Daemon **out, struct worker *worker,
                                             struct digit_error *error)
{
    *out = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0,
        NULL, NULL, handle_request, worker, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, complete_request, worker, MHD_OPTION_NOTIFY_CONNECTION,
        notify_connection, worker, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)worker->service->max_connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory_bytes(worker),
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (*out == NULL)
        return digit_fail(error, DIGIT_IO, "cannot start libmicrohttpd: %s", strerror(errno));
    return DIGIT_OK;
}
