#include "server/http/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "tests/support/http_worker.h"
#include "tests/test.h"

#define SOCKETS    1024
#define SILENCE_MS 50
#define GET        "GET / HTTP/1.1\r\nHost: d\r\n\r\n"
#define CODED      "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n"
#define WRONG      "GET / HTTP/1.1\r\n\r\n"

struct fixture {
    struct http_worker own;
    struct connection connection;
    int server, client;
    char answer[8192];
};

static void start(struct fixture *fixture, bool tcp)
{
    int ends[2];
    memset(fixture, 0, sizeof *fixture);
    http_worker_init(&fixture->own);
    http_worker_connect(ends, tcp);
    fixture->server = ends[0];
    fixture->client = ends[1];
    connection_init(&fixture->connection, &fixture->own.worker, fixture->server,
                    &fixture->own.worker.http_limits);
    assert_int_equal(receive_create(SOCKETS, NULL), DIGIT_OK);
    receive_attach(fixture->server, &fixture->connection);
}

static void stop(struct fixture *fixture)
{
    receive_detach(fixture->server);
    receive_destroy();
    close(fixture->server);
    close(fixture->client);
    http_worker_release(&fixture->own);
}

static void say(struct fixture *fixture, const char *bytes)
{
    assert_int_equal(send(fixture->client, bytes, strlen(bytes), 0), strlen(bytes));
    usleep(1000); /* loopback needs no longer */
}

/* What libmicrohttpd would get. */
static void assert_received(struct fixture *fixture, const char *expected)
{
    char bytes[4096];
    ssize_t size = recv(fixture->server, bytes, sizeof bytes, 0);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(bytes, expected, (size_t)size);
}

static void assert_fails(struct fixture *fixture, int reason)
{
    char bytes[4096];
    assert_int_equal(recv(fixture->server, bytes, sizeof bytes, 0), -1);
    assert_int_equal(errno, reason);
}

static size_t read_answer(struct fixture *fixture)
{
    return http_worker_read(fixture->client, fixture->answer, sizeof fixture->answer, SILENCE_MS);
}

/* Exactly one answer, whose Content-Length is that of its body, a problem with `words`. */
static void assert_one_problem(struct fixture *fixture, const char *status_line, const char *words)
{
    size_t size = read_answer(fixture);
    const char *length = strstr(fixture->answer, "\r\nContent-Length: ");
    const char *body = strstr(fixture->answer, "\r\n\r\n");
    assert_ptr_equal(strstr(fixture->answer, status_line), fixture->answer);
    assert_null(strstr(fixture->answer + 1, "HTTP/1.1 "));
    assert_non_null(strstr(fixture->answer, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(fixture->answer, "\r\nContent-Type: application/problem+json\r\n"));
    assert_non_null(strstr(fixture->answer, "\r\nDate: "));
    assert_non_null(length);
    assert_non_null(body);
    size_t body_bytes = strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
    assert_true(body_bytes > 0);
    assert_int_equal(size - (size_t)(body + 4 - fixture->answer), body_bytes);
    if (strstr(body, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, body);
}

TEST(sockets_without_a_connection_are_only_read)
{
    struct fixture fixture;
    start(&fixture, true);
    receive_detach(fixture.server);
    say(&fixture, WRONG);
    assert_received(&fixture, WRONG);
    assert_fails(&fixture, EAGAIN);
    int beyond = fcntl(fixture.server, F_DUPFD, SOCKETS); /* has no place in the table */
    if (beyond >= 0) {
        char byte;
        say(&fixture, "x");
        assert_int_equal(recv(beyond, &byte, 1, 0), 1);
        close(beyond);
    }
    assert_int_equal(recv(-1, fixture.answer, 1, 0), -1);
    assert_int_equal(errno, EBADF);
    stop(&fixture);
}

TEST(without_a_table_sockets_are_only_read)
{
    int ends[2];
    char byte = 0;
    http_worker_connect(ends, false);
    assert_int_equal(send(ends[1], "x", 1, 0), 1);
    assert_int_equal(recv(ends[0], &byte, 1, MSG_PEEK), 1);
    assert_int_equal(recv(ends[0], &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
    close(ends[1]);
    assert_int_equal(recv(ends[0], &byte, 1, 0), 0);
    close(ends[0]);
}

TEST(what_keeps_to_the_rules_is_passed_on)
{
    struct fixture fixture;
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&fixture, tcp);
        say(&fixture, GET);
        assert_received(&fixture, GET);
        assert_fails(&fixture, EAGAIN);
        assert_int_equal(connection_phase(&fixture.connection), CONNECTION_ANSWER);
        assert_int_equal(read_answer(&fixture), 0);
        shutdown(fixture.client, SHUT_WR);
        usleep(1000);
        char byte;
        assert_int_equal(recv(fixture.server, &byte, 1, 0), 0);
        stop(&fixture);
    }
}

TEST(a_violation_is_answered_with_one_problem_and_ends_the_stream)
{
    struct fixture fixture;
    start(&fixture, true);
    say(&fixture, WRONG GET);
    assert_fails(&fixture, ECONNRESET);
    assert_true(fixture.connection.refused);
    assert_one_problem(&fixture, "HTTP/1.1 400 Bad Request\r\n", "the Host header is missing");
    say(&fixture, GET);
    assert_fails(&fixture, ECONNRESET);
    assert_int_equal(read_answer(&fixture), 0);
    assert_true(
        http_worker_metric(&fixture.own, "digitd_http_rejected_total{reason=\"framing\"}") == 1);
    assert_true(http_worker_metric(&fixture.own, "digitd_http_requests_in_flight") == 0);
    assert_true(http_worker_metric(&fixture.own,
                                   "digitd_http_problems_total{code=\"malformed-request\"}") == 1);
    stop(&fixture);
}

/* Each violation has its problem, its status with a reason phrase, and the limit if it names one. */
TEST(violations_have_their_status)
{
    static const struct {
        const char *request, *status_line, *words;
    } cases[] = {
        {"GET / HTTP/2.0\r\n", "HTTP/1.1 505 HTTP Version Not Supported\r\n", "\"status\":505"},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", "HTTP/1.1 501 Not Implemented\r\n",
         "Transfer-Encoding is not chunked"},
        {"GET / HTTP/1.1\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\n",
         "HTTP/1.1 431 Request Header Fields Too Large\r\n", "\"limit\":4"},
        {CODED "3e9\r\n", "HTTP/1.1 413 Content Too Large\r\n", "\"limit\":1000"},
        {CODED "x", "HTTP/1.1 400 Bad Request\r\n", "a chunk is not"},
        {"GET\r\n", "HTTP/1.1 400 Bad Request\r\n", "the request line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        char bytes[4096];
        start(&fixture, true);
        say(&fixture, cases[i].request);
        assert_int_equal(recv(fixture.server, bytes, sizeof bytes, 0), -1);
        assert_one_problem(&fixture, cases[i].status_line, cases[i].words);
        stop(&fixture);
    }
}

TEST(a_target_beyond_the_limit_is_414)
{
    struct fixture fixture;
    char target[600];
    start(&fixture, true);
    memset(target, 'x', sizeof target - 1);
    target[sizeof target - 1] = '\0';
    memcpy(target, "GET /", 5);
    say(&fixture, target);
    char bytes[4096];
    assert_int_equal(recv(fixture.server, bytes, sizeof bytes, 0), -1);
    assert_one_problem(&fixture, "HTTP/1.1 414 URI Too Long\r\n", "\"limit\":256");
    stop(&fixture);
}

TEST(a_refusal_of_head_has_no_body)
{
    struct fixture fixture;
    start(&fixture, true);
    say(&fixture, "HEAD / HTTP/1.1\r\n\r\n");
    assert_fails(&fixture, ECONNRESET);
    size_t size = read_answer(&fixture);
    const char *end = strstr(fixture.answer, "\r\n\r\n");
    assert_ptr_equal(strstr(fixture.answer, "HTTP/1.1 400 "), fixture.answer);
    assert_ptr_equal(end, fixture.answer + size - 4);
    assert_null(strstr(fixture.answer, "Content-Length: 0"));
    stop(&fixture);
}

TEST(the_refusal_of_a_request_that_was_begun_has_its_id)
{
    struct fixture fixture;
    struct exchange exchange = {.connection = &fixture.connection};
    start(&fixture, true);
    say(&fixture, CODED);
    assert_received(&fixture, CODED);
    fixture.connection.exchange = &exchange;
    snprintf(exchange.request.id, sizeof exchange.request.id, "my-id");
    say(&fixture, "x");
    assert_fails(&fixture, ECONNRESET);
    assert_one_problem(&fixture, "HTTP/1.1 400 Bad Request\r\n", "\"request_id\":\"my-id\"");
    assert_int_equal(exchange.reply.status, 400);
    assert_int_equal(exchange.reply.problem, PROBLEM_MALFORMED_REQUEST);
    /* It is counted when it is completed. */
    assert_true(http_worker_metric(&fixture.own,
                                   "digitd_http_problems_total{code=\"malformed-request\"}") == 0);
    stop(&fixture);
}

/* The refusal must not overtake the answers. */
TEST(earlier_requests_are_answered_before_a_later_one_is_refused)
{
    struct fixture fixture;
    start(&fixture, true);
    say(&fixture, GET GET WRONG);
    assert_received(&fixture, GET GET);
    assert_false(fixture.connection.refused);
    assert_int_equal(read_answer(&fixture), 0);
    say(&fixture, GET);
    assert_fails(&fixture, EAGAIN);
    assert_false(fixture.connection.refused);
    connection_note_answered(&fixture.connection);
    connection_note_answered(&fixture.connection);
    say(&fixture, GET);
    assert_fails(&fixture, ECONNRESET);
    assert_one_problem(&fixture, "HTTP/1.1 400 Bad Request\r\n", "the Host header is missing");
    stop(&fixture);
}

TEST(bytes_that_were_all_of_an_extension_do_not_end_the_stream)
{
    struct fixture fixture;
    start(&fixture, true);
    say(&fixture, CODED "1");
    assert_received(&fixture, CODED "1");
    say(&fixture, ";only=this");
    assert_fails(&fixture, EAGAIN);
    say(&fixture, ";and\r\nx\r\n0\r\n\r\n");
    assert_received(&fixture, "\r\nx\r\n0\r\n\r\n");
    stop(&fixture);
}

TEST_MAIN(cmocka_unit_test(sockets_without_a_connection_are_only_read),
          cmocka_unit_test(without_a_table_sockets_are_only_read),
          cmocka_unit_test(what_keeps_to_the_rules_is_passed_on),
          cmocka_unit_test(a_violation_is_answered_with_one_problem_and_ends_the_stream),
          cmocka_unit_test(violations_have_their_status),
          cmocka_unit_test(a_target_beyond_the_limit_is_414),
          cmocka_unit_test(a_refusal_of_head_has_no_body),
          cmocka_unit_test(the_refusal_of_a_request_that_was_begun_has_its_id),
          cmocka_unit_test(earlier_requests_are_answered_before_a_later_one_is_refused),
          cmocka_unit_test(bytes_that_were_all_of_an_extension_do_not_end_the_stream))
