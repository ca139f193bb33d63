#include "server/http/connections.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/observe/clock.h"
#include "tests/support/http_worker.h"
#include "tests/test.h"

#define ANSWER_BYTES 4096
#define SILENCE_MS   50
#define SLACK_S      0.5 /* a check comes at most so long after the time that it is made for */

#define HEAD      "GET / HTTP/1.1\r\nHost: d\r\n"
#define WHOLE     HEAD "\r\n"
#define BODY_HEAD "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 1000\r\n\r\n"

struct fixture {
    struct http_worker own;
    struct connections connections;
    struct connection connection;
    int client;
    char answer[ANSWER_BYTES];
    size_t answer_bytes;
};

static void start(struct fixture *fixture)
{
    int ends[2];
    memset(fixture, 0, sizeof *fixture);
    http_worker_init(&fixture->own);
    http_worker_connect(ends, true);
    fixture->client = ends[1];
    connection_init(&fixture->connection, &fixture->own.worker, ends[0],
                    &fixture->own.worker.http_limits);
    connections_add(&fixture->connections, &fixture->connection);
}

static void stop(struct fixture *fixture)
{
    connections_remove(&fixture->connections, &fixture->connection);
    assert_int_equal(fixture->connections.count, 0);
    assert_null(fixture->connections.first);
    assert_null(fixture->connections.half_closed);
    close(fixture->connection.socket);
    close(fixture->client);
    http_worker_release(&fixture->own);
}

static void come(struct fixture *fixture, const char *bytes)
{
    char copy[ANSWER_BYTES];
    size_t size = strlen(bytes);
    memcpy(copy, bytes, size);
    assert_int_equal(connection_receive(&fixture->connection, (unsigned char *)copy, size), size);
}

/* The time at which the connection entered its phase becomes `seconds` ago. */
static void age(struct fixture *fixture, double seconds)
{
    double at_s = clock_monotonic_s() - seconds;
    struct connection *connection = &fixture->connection;
    connection->begun_s = connection->head_ended_s = connection->idle_since_s = at_s;
}

static void check(struct fixture *fixture)
{
    connections_check(&fixture->connections, &fixture->own.settings.config);
    fixture->answer_bytes =
        http_worker_read(fixture->client, fixture->answer, sizeof fixture->answer, SILENCE_MS);
}

static void assert_left_alone(struct fixture *fixture)
{
    check(fixture);
    assert_int_equal(fixture->answer_bytes, 0);
    assert_false(fixture->connection.ended);
    assert_false(fixture->connection.refused);
}

/* One answer has come that says why, and the end of the stream. */
static void assert_refused(struct fixture *fixture, const char *status_line, const char *words)
{
    char byte;
    assert_true(fixture->connection.refused);
    assert_true(fixture->connection.ended);
    assert_ptr_equal(strstr(fixture->answer, status_line), fixture->answer);
    assert_non_null(strstr(fixture->answer, words));
    assert_null(strstr(fixture->answer + 1, "HTTP/1.1 "));
    assert_int_equal(recv(fixture->client, &byte, 1, MSG_DONTWAIT), 0);
}

/* The end of the stream has come without an answer. */
static void assert_closed(struct fixture *fixture)
{
    char byte;
    assert_int_equal(fixture->answer_bytes, 0);
    assert_false(fixture->connection.refused);
    assert_true(fixture->connection.ended);
    assert_int_equal(recv(fixture->client, &byte, 1, MSG_DONTWAIT), 0);
}

static double timeouts(const struct fixture *fixture, const char *kind)
{
    char series[100];
    snprintf(series, sizeof series, "digitd_http_timeouts_total{kind=\"%s\"}", kind);
    return http_worker_metric(&fixture->own, series);
}

TEST(a_head_has_its_time)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, HEAD);
    age(&fixture, 1 - SLACK_S);
    assert_left_alone(&fixture);
    age(&fixture, 1.001);
    check(&fixture);
    assert_refused(&fixture, "HTTP/1.1 408 Request Timeout\r\n",
                   "the head did not come within header_timeout_ms, which is 1000");
    assert_true(timeouts(&fixture, "header") == 1);
    check(&fixture);
    assert_true(timeouts(&fixture, "header") == 1);
    assert_int_equal(fixture.answer_bytes, 0);
    stop(&fixture);
}

/* 100 bytes a second are asked for. */
TEST(a_body_has_five_seconds_and_then_its_rate)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, BODY_HEAD);
    age(&fixture, 5 - SLACK_S);
    assert_left_alone(&fixture);
    for (int i = 0; i < 80; i++)
        come(&fixture, "0123456789");
    age(&fixture, 8 - SLACK_S); /* 800 bytes at 100 bytes a second */
    assert_left_alone(&fixture);
    age(&fixture, 8.001);
    check(&fixture);
    assert_refused(&fixture, "HTTP/1.1 408 Request Timeout\r\n",
                   "the body came more slowly than min_body_bytes_per_s, which is 100");
    assert_true(timeouts(&fixture, "body") == 1);
    stop(&fixture);
}

TEST(the_rate_of_a_body_counts_from_the_end_of_its_head)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, BODY_HEAD);
    age(&fixture, 20);
    fixture.connection.head_ended_s = clock_monotonic_s();
    assert_left_alone(&fixture);
    stop(&fixture);
}

TEST(a_request_has_its_time_in_total)
{
    struct fixture fixture;
    start(&fixture);
    fixture.own.settings.config.min_body_bytes_per_s = 0;
    come(&fixture, BODY_HEAD);
    age(&fixture, 60 - SLACK_S);
    assert_left_alone(&fixture);
    age(&fixture, 60.001);
    check(&fixture);
    assert_refused(&fixture, "HTTP/1.1 408 Request Timeout\r\n",
                   "the request did not come within request_timeout_ms, which is 60000");
    assert_true(timeouts(&fixture, "request") == 1);
    stop(&fixture);
}

TEST(an_answer_that_is_not_read_ends_the_connection)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, WHOLE);
    age(&fixture, 60 - SLACK_S);
    assert_left_alone(&fixture);
    age(&fixture, 60.001);
    check(&fixture);
    assert_closed(&fixture);
    check(&fixture);
    assert_true(timeouts(&fixture, "request") == 1);
    stop(&fixture);
}

TEST(an_idle_connection_has_its_time)
{
    struct fixture fixture;
    start(&fixture);
    age(&fixture, 2 - SLACK_S);
    assert_left_alone(&fixture);
    come(&fixture, WHOLE);
    age(&fixture, 3);
    assert_left_alone(&fixture);
    connection_note_answered(&fixture.connection);
    assert_left_alone(&fixture);
    age(&fixture, 2.001);
    check(&fixture);
    assert_closed(&fixture);
    check(&fixture);
    assert_true(timeouts(&fixture, "idle") == 1);
    stop(&fixture);
}

/* Its client has ended its stream, and everything that had come has been read. */
static void half_close(struct fixture *fixture)
{
    connections_note_half_closed(&fixture->connections, &fixture->connection);
    connections_note_half_closed(&fixture->connections, &fixture->connection);
    connections_end_half_closed(&fixture->connections);
    fixture->answer_bytes =
        http_worker_read(fixture->client, fixture->answer, sizeof fixture->answer, SILENCE_MS);
}

TEST(a_half_closed_connection_without_a_request_is_ended)
{
    struct fixture fixture;
    start(&fixture);
    half_close(&fixture);
    assert_closed(&fixture);
    stop(&fixture);
}

TEST(a_half_closed_connection_with_a_piece_of_a_request_is_refused)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, HEAD);
    half_close(&fixture);
    assert_refused(&fixture, "HTTP/1.1 400 Bad Request\r\n",
                   "the client's stream ends within the request's head");
    assert_true(http_worker_metric(&fixture.own, "digitd_http_aborts_total{kind=\"head\"}") == 1);
    stop(&fixture);
    start(&fixture);
    come(&fixture, BODY_HEAD);
    half_close(&fixture);
    assert_refused(&fixture, "HTTP/1.1 400 Bad Request\r\n",
                   "the client's stream ends within the request's body");
    assert_true(http_worker_metric(&fixture.own, "digitd_http_aborts_total{kind=\"body\"}") == 1);
    stop(&fixture);
}

TEST(a_half_closed_connection_is_served_what_had_come)
{
    struct fixture fixture;
    start(&fixture);
    come(&fixture, WHOLE);
    half_close(&fixture);
    assert_int_equal(fixture.answer_bytes, 0);
    assert_false(fixture.connection.ended);
    connection_note_answered(&fixture.connection);
    assert_int_equal(send(fixture.client, "G", 1, 0), 1); /* has come and is not read */
    assert_int_equal(recv(fixture.connection.socket, &(char){0}, 1, MSG_PEEK), 1);
    connections_end_half_closed(&fixture.connections);
    assert_false(fixture.connection.ended);
    assert_int_equal(recv(fixture.connection.socket, &(char){0}, 1, 0), 1);
    connections_end_half_closed(&fixture.connections);
    assert_true(fixture.connection.ended);
    stop(&fixture);
}

/* An answer that was given before the whole body had come is being sent: another one would mix. */
TEST(a_request_that_has_its_answer_gets_no_second_one)
{
    struct fixture fixture;
    struct exchange exchange = {.connection = &fixture.connection, .counted = true};
    start(&fixture);
    come(&fixture, BODY_HEAD);
    fixture.connection.exchange = &exchange;
    age(&fixture, 60 - SLACK_S);
    assert_left_alone(&fixture);
    age(&fixture, 60.001);
    check(&fixture);
    assert_closed(&fixture);
    assert_true(timeouts(&fixture, "request") == 1);
    stop(&fixture);
    start(&fixture);
    come(&fixture, BODY_HEAD);
    fixture.connection.exchange = &exchange;
    half_close(&fixture);
    assert_int_equal(fixture.answer_bytes, 0);
    assert_false(fixture.connection.refused);
    assert_false(fixture.connection.ended);
    stop(&fixture);
}

TEST(only_what_has_been_idle_for_long_enough_is_ended)
{
    struct fixture fixture;
    start(&fixture);
    age(&fixture, 10 - SLACK_S);
    connections_end_idle(&fixture.connections, 10);
    assert_false(fixture.connection.ended);
    age(&fixture, 10.001);
    assert_int_equal(send(fixture.client, "G", 1, 0), 1);
    assert_int_equal(recv(fixture.connection.socket, &(char){0}, 1, MSG_PEEK), 1);
    connections_end_idle(&fixture.connections, 10);
    assert_false(fixture.connection.ended);
    assert_int_equal(recv(fixture.connection.socket, &(char){0}, 1, 0), 1);
    connections_end_idle(&fixture.connections, 10);
    assert_true(fixture.connection.ended);
    stop(&fixture);
}

/* Which connections are in the list, by their sockets as the digits of a number. */
static int sockets_of(const struct connections *connections)
{
    int sockets = 0;
    const struct connection *before = NULL;
    for (const struct connection *at = connections->first; at != NULL; at = at->next) {
        assert_ptr_equal(at->previous, before);
        before = at;
        sockets = 10 * sockets + at->socket;
    }
    return sockets;
}

TEST(connections_can_be_removed_in_any_order)
{
    struct connections connections = {.count = 0};
    struct connection all[4] = {{.socket = 1}, {.socket = 2}, {.socket = 3}, {.socket = 4}};
    for (size_t i = 0; i < 4; i++)
        connections_add(&connections, &all[i]);
    for (size_t i = 0; i < 3; i++)
        connections_note_half_closed(&connections, &all[i]);
    assert_int_equal(sockets_of(&connections), 4321);
    connections_remove(&connections, &all[1]);
    assert_int_equal(sockets_of(&connections), 431);
    assert_ptr_equal(connections.half_closed, &all[2]);
    assert_ptr_equal(all[2].next_half_closed, &all[0]);
    connections_remove(&connections, &all[3]);
    connections_remove(&connections, &all[2]);
    assert_int_equal(sockets_of(&connections), 1);
    assert_ptr_equal(connections.half_closed, &all[0]);
    connections_remove(&connections, &all[0]);
    assert_int_equal(connections.count, 0);
    assert_null(connections.half_closed);
}

TEST_MAIN(cmocka_unit_test(a_head_has_its_time),
          cmocka_unit_test(a_body_has_five_seconds_and_then_its_rate),
          cmocka_unit_test(the_rate_of_a_body_counts_from_the_end_of_its_head),
          cmocka_unit_test(a_request_has_its_time_in_total),
          cmocka_unit_test(an_answer_that_is_not_read_ends_the_connection),
          cmocka_unit_test(an_idle_connection_has_its_time),
          cmocka_unit_test(a_half_closed_connection_without_a_request_is_ended),
          cmocka_unit_test(a_half_closed_connection_with_a_piece_of_a_request_is_refused),
          cmocka_unit_test(a_half_closed_connection_is_served_what_had_come),
          cmocka_unit_test(a_request_that_has_its_answer_gets_no_second_one),
          cmocka_unit_test(only_what_has_been_idle_for_long_enough_is_ended),
          cmocka_unit_test(connections_can_be_removed_in_any_order))
