#include "server/http/connection.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/observe/clock.h"
#include "tests/test.h"

#define GET   "GET / HTTP/1.1\r\nHost: d\r\n\r\n"
#define POST  "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 5\r\n\r\n"
#define CODED "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n"
#define WRONG "GET / HTTP/1.1\r\nHost : d\r\n\r\n"

static const struct http_limits limits = {
    .head_bytes = 1000, .headers = 10, .chunked_body_bytes = 1 << 20};

static struct connection begin(void)
{
    struct connection connection;
    connection_init(&connection, NULL, 7, &limits);
    return connection;
}

/* What libmicrohttpd gets of the bytes. */
static void assert_passed(struct connection *connection, const char *bytes, const char *passed)
{
    size_t size = strlen(bytes);
    unsigned char *copy = malloc(size);
    memcpy(copy, bytes, size);
    size_t left = connection_receive(connection, copy, size);
    assert_int_equal(left, strlen(passed));
    assert_memory_equal(copy, passed, left);
    free(copy);
}

static void come(struct connection *connection, const char *bytes)
{
    assert_passed(connection, bytes, bytes);
}

TEST(a_connection_is_in_the_phase_of_its_request)
{
    struct connection connection = begin();
    assert_int_equal(connection.socket, 7);
    assert_int_equal(connection.source.kind, SOURCE_CONNECTION);
    assert_int_equal(connection_phase(&connection), CONNECTION_IDLE);
    come(&connection, "P");
    assert_int_equal(connection_phase(&connection), CONNECTION_HEAD);
    come(&connection, &POST[1]);
    assert_int_equal(connection_phase(&connection), CONNECTION_BODY);
    come(&connection, "1234");
    assert_int_equal(connection_phase(&connection), CONNECTION_BODY);
    come(&connection, "5");
    assert_int_equal(connection_phase(&connection), CONNECTION_ANSWER);
    connection_note_answered(&connection);
    assert_int_equal(connection_phase(&connection), CONNECTION_IDLE);
    come(&connection, GET);
    assert_int_equal(connection_phase(&connection), CONNECTION_ANSWER);
    assert_int_equal(connection.received, 2);
}

TEST(pipelined_requests_are_answered_one_by_one)
{
    struct connection connection = begin();
    come(&connection, GET POST "12345" GET "GE");
    assert_int_equal(connection.received, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(connection_phase(&connection), CONNECTION_ANSWER);
        connection_note_answered(&connection);
    }
    assert_int_equal(connection_phase(&connection), CONNECTION_HEAD);
}

TEST(times_are_those_of_the_current_request)
{
    struct connection connection = begin();
    double before_s = clock_monotonic_s();
    assert_true(connection.idle_since_s <= before_s);
    come(&connection, "P");
    double begun_s = connection.begun_s;
    assert_in_range(begun_s >= before_s && begun_s <= clock_monotonic_s(), 1, 1);
    assert_true(connection.head_ended_s == 0);
    come(&connection, &POST[1]);
    assert_true(connection.begun_s == begun_s);
    double head_ended_s = connection.head_ended_s;
    assert_true(head_ended_s >= begun_s);
    assert_true(connection.received_s == 0);
    come(&connection, "12345");
    assert_true(connection.begun_s == begun_s);
    assert_true(connection.head_ended_s == head_ended_s);
    assert_true(connection.received_s >= head_ended_s);
}

TEST(a_request_that_comes_at_once_has_all_its_times)
{
    struct connection connection = begin();
    come(&connection, POST "12345");
    assert_true(connection.begun_s > 0);
    assert_true(connection.head_ended_s == connection.begun_s);
    assert_true(connection.received_s == connection.begun_s);
}

TEST(a_pipelined_request_begins_when_the_one_before_is_answered)
{
    struct connection connection = begin();
    come(&connection, GET);
    double first_s = connection.begun_s;
    come(&connection, POST "12");
    assert_true(connection.begun_s == first_s);
    assert_true(connection.head_ended_s == first_s);
    double before_s = clock_monotonic_s();
    connection_note_answered(&connection);
    assert_true(connection.begun_s >= before_s);
    assert_true(connection.head_ended_s == connection.begun_s);
    assert_true(connection.idle_since_s == connection.begun_s);
    double begun_s = connection.begun_s;
    come(&connection, "345");
    assert_true(connection.begun_s == begun_s);
    assert_true(connection.received_s >= begun_s);
}

TEST(chunk_extensions_do_not_reach_the_library)
{
    struct connection connection = begin();
    assert_passed(&connection, CODED "1;a\r\nx\r\n2;b=\"c\"\r\nyz\r\n0;d\r\n\r\n" GET,
                  CODED "1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n" GET);
    assert_int_equal(connection.received, 2);
    connection = begin();
    come(&connection, CODED "1");
    assert_passed(&connection, ";abc", "");
    assert_passed(&connection, "def", "");
    assert_passed(&connection, "g\r\nx\r\n0;", "\r\nx\r\n0");
    come(&connection, "\r\n\r\n");
    assert_int_equal(connection.received, 1);
}

TEST(a_violation_leaves_the_whole_requests_before_it)
{
    struct connection connection = begin();
    assert_passed(&connection, GET CODED "1;a\r\nx\r\n0\r\n\r\n" WRONG,
                  GET CODED "1\r\nx\r\n0\r\n\r\n");
    assert_int_equal(connection.framing.violation, HTTP_VIOLATES_HEADER_NAME);
    assert_int_equal(connection.received, 2);
    assert_passed(&connection, GET, "");
    assert_int_equal(connection.received, 2);
}

TEST(a_violation_alone_leaves_nothing)
{
    struct connection connection = begin();
    assert_passed(&connection, WRONG, "");
    assert_int_equal(connection_phase(&connection), CONNECTION_HEAD);
    connection = begin();
    come(&connection, GET);
    connection_note_answered(&connection);
    assert_passed(&connection, WRONG, "");
}

/* The first piece of it went to libmicrohttpd; the rest does not. */
TEST(a_violation_in_a_later_piece_leaves_nothing_of_that_piece)
{
    struct connection connection = begin();
    come(&connection, GET "GET / HTTP/1.1\r\nHost");
    assert_passed(&connection, " : d\r\n\r\n", "");
    assert_int_equal(connection_phase(&connection), CONNECTION_ANSWER);
    connection_note_answered(&connection);
    assert_int_equal(connection_phase(&connection), CONNECTION_HEAD);
}

TEST_MAIN(cmocka_unit_test(a_connection_is_in_the_phase_of_its_request),
          cmocka_unit_test(pipelined_requests_are_answered_one_by_one),
          cmocka_unit_test(times_are_those_of_the_current_request),
          cmocka_unit_test(a_request_that_comes_at_once_has_all_its_times),
          cmocka_unit_test(a_pipelined_request_begins_when_the_one_before_is_answered),
          cmocka_unit_test(chunk_extensions_do_not_reach_the_library),
          cmocka_unit_test(a_violation_leaves_the_whole_requests_before_it),
          cmocka_unit_test(a_violation_alone_leaves_nothing),
          cmocka_unit_test(a_violation_in_a_later_piece_leaves_nothing_of_that_piece))
