#include "server/http/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/loopback.h"

/* On loopback, data has arrived when send() returns; the kernel uncorks a socket after 200 ms. */
struct connection {
    int listener, client, server;
};

static struct connection open_connection(void)
{
    struct connection connection;
    uint16_t port;
    connection.listener = loopback_listen(&port);
    connection.client = loopback_connect(port);
    connection.server = accept(connection.listener, NULL, NULL);
    assert_true(connection.server >= 0);
    return connection;
}

static void close_connection(const struct connection *connection)
{
    close(connection->server);
    close(connection->client);
    close(connection->listener);
}

static void answer(struct outbox *outbox, const struct connection *connection)
{
    outbox_hold(outbox, connection->server);
    assert_int_equal(send(connection->server, "x", 1, 0), 1);
}

static bool has_answer(const struct connection *connection)
{
    char byte;
    return recv(connection->client, &byte, 1, MSG_DONTWAIT) == 1;
}

static void an_answer_that_is_alone_is_not_held(void **state)
{
    struct connection connection = open_connection();
    struct outbox outbox = {0};
    (void)state;
    for (size_t round = 0; round < 3; round++) {
        answer(&outbox, &connection);
        assert_true(has_answer(&connection));
        assert_int_equal(outbox.answers, 1);
        outbox_release(&outbox);
        assert_false(outbox.busy);
        assert_int_equal(outbox.answers, 0);
    }
    close_connection(&connection);
}

static void answers_are_held_after_a_round_of_several(void **state)
{
    struct connection one = open_connection(), other = open_connection();
    struct outbox outbox = {.busy = true};
    (void)state;
    for (size_t round = 0; round < 3; round++) {
        answer(&outbox, &one);
        answer(&outbox, &other);
        assert_false(has_answer(&one));
        assert_int_equal(outbox.answers, 2);
        outbox_release(&outbox);
        assert_true(outbox.busy);
        assert_true(has_answer(&one));
        assert_true(has_answer(&other));
    }
    close_connection(&one);
    close_connection(&other);
}

static void a_full_outbox_holds_no_more(void **state)
{
    struct connection connection = open_connection();
    struct outbox outbox = {.busy = true, .held = OUTBOX_SOCKETS};
    (void)state;
    answer(&outbox, &connection);
    assert_true(has_answer(&connection));
    assert_int_equal(outbox.held, OUTBOX_SOCKETS);
    close_connection(&connection);
}

static void a_descriptor_that_is_no_tcp_socket_is_left_alone(void **state)
{
    struct outbox outbox = {.busy = true};
    int pair[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    outbox_hold(&outbox, pair[0]);
    outbox_hold(&outbox, -1);
    assert_int_equal(outbox.held, 0);
    assert_int_equal(outbox.answers, 2);
    outbox_release(&outbox);
    assert_true(outbox.busy);
    close(pair[0]);
    close(pair[1]);
}

static void a_closed_connection_has_its_answer(void **state)
{
    struct connection connection = open_connection();
    struct outbox outbox = {.busy = true};
    (void)state;
    answer(&outbox, &connection);
    close(connection.server);
    assert_true(has_answer(&connection));
    assert_int_equal(outbox.answers, 1);
    outbox_release(&outbox);
    assert_int_equal(outbox.held, 0);
    close(connection.client);
    close(connection.listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_is_alone_is_not_held),
        cmocka_unit_test(answers_are_held_after_a_round_of_several),
        cmocka_unit_test(a_full_outbox_holds_no_more),
        cmocka_unit_test(a_descriptor_that_is_no_tcp_socket_is_left_alone),
        cmocka_unit_test(a_closed_connection_has_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
