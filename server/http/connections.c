#include "server/http/connections.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "server/config/config.h"
#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/refusal.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"

/* min_body_bytes_per_s is an average; it is first checked when a body has come for so long. */
#define BODY_GRACE_S 5

void connections_add(struct connections *connections, struct connection *connection)
{
    connection->previous = NULL;
    connection->next = connections->first;
    if (connections->first != NULL)
        connections->first->previous = connection;
    connections->first = connection;
    connections->count++;
}

static void forget_half_closed(struct connections *connections, const struct connection *connection)
{
    struct connection **at = &connections->half_closed;
    while (*at != NULL && *at != connection)
        at = &(*at)->next_half_closed;
    if (*at != NULL)
        *at = connection->next_half_closed;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
    if (connection->half_closed)
        forget_half_closed(connections, connection);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    connections->count--;
}

void connections_note_half_closed(struct connections *connections, struct connection *connection)
{
    if (connection->half_closed)
        return;
    connection->half_closed = true;
    connection->next_half_closed = connections->half_closed;
    connections->half_closed = connection;
}

/* libmicrohttpd sees the end of the stream next. */
static void end_connection(struct connection *connection)
{
    connection->ended = true;
    shutdown(connection->socket, SHUT_RDWR);
}

static void count_timeout(const struct connection *connection, enum metrics_timeout kind)
{
    metrics_count_timeout(connection->worker->shard, kind);
}

/* The limit of time that a request has met: which it is, as the metrics and the client know it. */
struct time_limit {
    enum metrics_timeout kind;
    enum metrics_rejection reason;
    const char *detail; /* is followed by the limit */
};

static const struct time_limit head_limit = {
    METRICS_TIMEOUT_HEADER, METRICS_REJECTED_HEADER_TIMEOUT,
    "the head did not come within header_timeout_ms, which is"};
static const struct time_limit body_limit = {
    METRICS_TIMEOUT_BODY, METRICS_REJECTED_BODY_TIMEOUT,
    "the body came more slowly than min_body_bytes_per_s, which is"};
static const struct time_limit request_limit = {
    METRICS_TIMEOUT_REQUEST, METRICS_REJECTED_REQUEST_TIMEOUT,
    "the request did not come within request_timeout_ms, which is"};

static void refuse_slow(struct connection *connection, const struct time_limit *limit, size_t value)
{
    struct fault fault;
    fault_set(&fault, PROBLEM_REQUEST_TIMEOUT, "%s %zu", limit->detail, value);
    fault_set_limit(&fault, value);
    count_timeout(connection, limit->kind);
    refusal_send(connection, &fault, limit->reason);
    end_connection(connection);
}

/* An answer may be given before the whole body has come. */
static bool has_answer(const struct connection *connection)
{
    return connection_phase(connection) == CONNECTION_ANSWER ||
           (connection->exchange != NULL && connection->exchange->counted);
}

/* Nothing can be said to a client that does not read its answer, or that asks nothing. */
static void end_overdue(struct connection *connection, enum metrics_timeout kind)
{
    if (!connection->ended)
        count_timeout(connection, kind);
    end_connection(connection);
}

static bool body_is_slow(const struct connection *connection, const struct config *config,
                         double now_s)
{
    double seconds = now_s - connection->head_ended_s;
    return seconds > BODY_GRACE_S &&
           (double)connection->framing.body_bytes < seconds * (double)config->min_body_bytes_per_s;
}

static void check_request(struct connection *connection, const struct config *config, double now_s)
{
    double seconds = now_s - connection->begun_s;
    bool answered = has_answer(connection);
    enum connection_phase phase = connection_phase(connection);
    if (phase == CONNECTION_HEAD && seconds > 1e-3 * (double)config->header_timeout_ms)
        refuse_slow(connection, &head_limit, config->header_timeout_ms);
    else if (phase == CONNECTION_BODY && !answered && body_is_slow(connection, config, now_s))
        refuse_slow(connection, &body_limit, config->min_body_bytes_per_s);
    else if (seconds <= 1e-3 * (double)config->request_timeout_ms)
        return;
    else if (answered)
        end_overdue(connection, METRICS_TIMEOUT_REQUEST);
    else
        refuse_slow(connection, &request_limit, config->request_timeout_ms);
}

static void check_connection(struct connection *connection, const struct config *config,
                             double now_s)
{
    if (connection->refused)
        return;
    if (connection_phase(connection) != CONNECTION_IDLE)
        check_request(connection, config, now_s);
    else if (now_s - connection->idle_since_s > 1e-3 * (double)config->idle_timeout_ms)
        end_overdue(connection, METRICS_TIMEOUT_IDLE);
}

void connections_check(struct connections *connections, const struct config *config)
{
    double now_s = clock_monotonic_s();
    for (struct connection *at = connections->first; at != NULL; at = at->next)
        check_connection(at, config, now_s);
}

static bool has_unread_bytes(const struct connection *connection)
{
    int bytes = 0;
    return ioctl(connection->socket, FIONREAD, &bytes) == 0 && bytes > 0;
}

static void end_half_closed(struct connection *connection)
{
    enum connection_phase phase = connection_phase(connection);
    if (connection->refused || has_answer(connection) || has_unread_bytes(connection))
        return;
    if (phase != CONNECTION_IDLE)
        refusal_of_incomplete(connection);
    end_connection(connection);
}

void connections_end_half_closed(struct connections *connections)
{
    for (struct connection *at = connections->half_closed; at != NULL; at = at->next_half_closed)
        end_half_closed(at);
}

void connections_end_idle(struct connections *connections, double seconds)
{
    double now_s = clock_monotonic_s();
    for (struct connection *at = connections->first; at != NULL; at = at->next)
        if (connection_phase(at) == CONNECTION_IDLE && now_s - at->idle_since_s >= seconds &&
            !has_unread_bytes(at))
            end_connection(at);
}
