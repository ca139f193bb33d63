#include "server/http/refusal.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "server/http/access_log.h"
#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/reply.h"
#include "server/http/reply_send.h"
#include "server/http/request_id.h"
#include "server/http/settings.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"

#define ANSWER_BYTES 2048

struct refusal {
    enum problem problem;
    enum metrics_rejection reason;
};

static const struct refusal refusals[] = {
    [HTTP_VIOLATES_REQUEST_LINE] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_REQUEST_LINE},
    [HTTP_VIOLATES_TARGET_CHARACTER] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_REQUEST_LINE},
    [HTTP_VIOLATES_TARGET_TOO_LONG] = {PROBLEM_TARGET_TOO_LONG, METRICS_REJECTED_HEADER_TOO_LARGE},
    [HTTP_VIOLATES_TOO_MANY_PARAMETERS] = {PROBLEM_MALFORMED_REQUEST,
                                           METRICS_REJECTED_REQUEST_LINE},
    [HTTP_VIOLATES_VERSION] = {PROBLEM_UNSUPPORTED_VERSION, METRICS_REJECTED_VERSION},
    [HTTP_VIOLATES_LINE_END] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_CONTROL_CHARACTER},
    [HTTP_VIOLATES_CONTROL_CHARACTER] = {PROBLEM_MALFORMED_REQUEST,
                                         METRICS_REJECTED_CONTROL_CHARACTER},
    [HTTP_VIOLATES_HEADER_NAME] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_HEADER_SYNTAX},
    [HTTP_VIOLATES_CONTINUATION_LINE] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_HEADER_SYNTAX},
    [HTTP_VIOLATES_HEAD_TOO_LARGE] = {PROBLEM_HEAD_TOO_LARGE, METRICS_REJECTED_HEADER_TOO_LARGE},
    [HTTP_VIOLATES_TOO_MANY_HEADERS] = {PROBLEM_HEAD_TOO_LARGE, METRICS_REJECTED_TOO_MANY_HEADERS},
    [HTTP_VIOLATES_HOST_MISSING] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_HOST_REPEATED] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_HOST_VALUE] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_LENGTH_REPEATED] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_LENGTH_VALUE] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_CODING_REPEATED] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_CODING_VALUE] = {PROBLEM_UNSUPPORTED_TRANSFER, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_CODING_AND_LENGTH] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_CODING_IN_1_0] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_FRAMING},
    [HTTP_VIOLATES_CHUNK] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_CHUNK_SYNTAX},
    [HTTP_VIOLATES_CHUNK_OVERHEAD] = {PROBLEM_MALFORMED_REQUEST, METRICS_REJECTED_CHUNK_SYNTAX},
    [HTTP_VIOLATES_BODY_TOO_LARGE] = {PROBLEM_BODY_TOO_LARGE, METRICS_REJECTED_BODY_TOO_LARGE},
};

/* The limit that the violation names; 0 if it names none. */
static size_t limit_of(enum http_violation violation, const struct http_limits *limits)
{
    switch (violation) {
    case HTTP_VIOLATES_TARGET_TOO_LONG:
    case HTTP_VIOLATES_HEAD_TOO_LARGE:
        return limits->head_bytes;
    case HTTP_VIOLATES_TOO_MANY_PARAMETERS:
        return HTTP_PARAMETERS_MAX;
    case HTTP_VIOLATES_TOO_MANY_HEADERS:
        return limits->headers;
    case HTTP_VIOLATES_BODY_TOO_LARGE:
        return limits->chunked_body_bytes;
    default:
        return 0;
    }
}

static void describe_violation(struct fault *out, const struct http_framing *framing)
{
    enum http_violation violation = framing->violation;
    size_t limit = limit_of(violation, framing->limits);
    if (limit == 0) {
        fault_set(out, refusals[violation].problem, "%s", http_violation_detail(violation));
        return;
    }
    fault_set(out, refusals[violation].problem, "%s of %zu", http_violation_detail(violation),
              limit);
    fault_set_limit(out, limit);
}

static void write_date(struct text *out)
{
    time_t now = time(NULL);
    struct tm utc;
    char date[sizeof "Sun, 06 Nov 1994 08:49:37 GMT"];
    gmtime_r(&now, &utc);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    text_format(out, "Date: %s\r\n", date);
}

static void write_answer(struct text *out, const struct fault *fault, const char *request_id,
                         bool with_body)
{
    char room[ANSWER_BYTES];
    struct text body;
    unsigned status = problem_kind(fault->problem)->status;
    text_init_in(&body, room, sizeof room);
    problem_write(&body, fault, request_id);
    text_format(out, "HTTP/1.1 %u %s\r\n", status, reply_reason(status));
    write_date(out);
    text_append(out, "Connection: close\r\nContent-Type: application/problem+json\r\n"
                     "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    if (status == 503)
        text_append(out, "Retry-After: " REPLY_RETRY_AFTER_S "\r\n");
    text_format(out, "X-Request-ID: %s\r\nContent-Length: %zu\r\n\r\n", request_id, body.size);
    if (with_body)
        text_append_bytes(out, text_chars(&body), body.size);
}

/* The socket's buffer has room: all earlier answers have been sent. */
static void send_answer(int socket, const struct fault *fault, const char *request_id,
                        bool with_body)
{
    char room[2 * ANSWER_BYTES];
    struct text answer;
    text_init_in(&answer, room, sizeof room);
    write_answer(&answer, fault, request_id, with_body);
    (void)send(socket, text_chars(&answer), answer.size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Counts and logs what libmicrohttpd does not know of. */
static void count_unbegun(struct worker *worker, enum problem problem, const char *request_id,
                          double seconds)
{
    unsigned status = problem_kind(problem)->status;
    struct metrics_shard *shard = worker->shard;
    metrics_request_begin(shard);
    metrics_count_problem(shard, (size_t)problem - 1);
    metrics_request_answered(shard, METRICS_OTHER, HTTP_OTHER, status);
    metrics_request_completed(shard, METRICS_OTHER, seconds, request_id);
    access_log_write(&worker->settings->config, &(struct access){.request_id = request_id,
                                                                 .handler = METRICS_OTHER,
                                                                 .status = status,
                                                                 .problem = problem,
                                                                 .seconds = seconds});
}

void refusal_send(struct connection *connection, const struct fault *fault,
                  enum metrics_rejection reason)
{
    struct exchange *exchange = connection->exchange;
    char id[REQUEST_ID_BYTES];
    if (exchange == NULL)
        request_id_choose(id, NULL, connection->worker);
    else
        snprintf(id, sizeof id, "%s", exchange->request.id);
    send_answer(connection->socket, fault, id, !connection->framing.is_head);
    connection->refused = true;
    metrics_count_rejected(connection->worker->shard, reason);
    if (exchange == NULL) {
        count_unbegun(connection->worker, fault->problem, id,
                      clock_monotonic_s() - connection->begun_s);
        return;
    }
    exchange->reply.problem = fault->problem;
    exchange->reply.status = problem_kind(fault->problem)->status;
}

void refusal_of_violation(struct connection *connection)
{
    struct fault fault;
    describe_violation(&fault, &connection->framing);
    refusal_send(connection, &fault, refusals[connection->framing.violation].reason);
}

void refusal_of_incomplete(struct connection *connection)
{
    struct fault fault;
    bool in_head = connection_phase(connection) == CONNECTION_HEAD;
    fault_set(&fault, PROBLEM_MALFORMED_REQUEST, "the client's stream ends within the request's %s",
              in_head ? "head" : "body");
    metrics_count_abort(connection->worker->shard,
                        in_head ? METRICS_ABORT_HEAD : METRICS_ABORT_BODY);
    refusal_send(connection, &fault, METRICS_REJECTED_PEER_GONE);
}

void refusal_of_peer(struct worker *worker, int socket, size_t limit)
{
    struct fault fault;
    char id[REQUEST_ID_BYTES];
    fault_set(&fault, PROBLEM_OVERLOADED, "this address has %zu connections already", limit);
    fault_set_limit(&fault, limit);
    request_id_choose(id, NULL, worker);
    send_answer(socket, &fault, id, true);
    metrics_count_rejected(worker->shard, METRICS_REJECTED_CONNECTIONS_PER_PEER);
    count_unbegun(worker, fault.problem, id, 0);
}
