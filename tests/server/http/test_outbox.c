#include "server/http/outbox.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loopback.h"
#include "tests/test.h"

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

TEST(an_answer_that_is_alone_is_not_held)
{
    struct connection connection = open_connection();
    struct outbox outbox = {0};
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

TEST(answers_are_held_after_a_round_of_several)
{
    struct connection one = open_connection(), other = open_connection();
    struct outbox outbox = {.busy = true};
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

TEST(a_full_outbox_holds_no_more)
{
    struct connection connection = open_connection();
    struct outbox outbox = {.busy = true, .held = OUTBOX_SOCKETS};
    answer(&outbox, &connection);
    assert_true(has_answer(&connection));
    assert_int_equal(outbox.held, OUTBOX_SOCKETS);
    close_connection(&connection);
}

TEST(a_descriptor_that_is_no_tcp_socket_is_left_alone)
{
    struct outbox outbox = {.busy = true};
    int pair[2];
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

TEST(a_closed_connection_has_its_answer)
{
    struct connection connection = open_connection();
    struct outbox outbox = {.busy = true};
    answer(&outbox, &connection);
    close(connection.server);
    assert_true(has_answer(&connection));
    assert_int_equal(outbox.answers, 1);
    outbox_release(&outbox);
    assert_int_equal(outbox.held, 0);
    close(connection.client);
    close(connection.listener);
}

TEST_MAIN(cmocka_unit_test(an_answer_that_is_alone_is_not_held),
          cmocka_unit_test(answers_are_held_after_a_round_of_several),
          cmocka_unit_test(a_full_outbox_holds_no_more),
          cmocka_unit_test(a_descriptor_that_is_no_tcp_socket_is_left_alone),
          cmocka_unit_test(a_closed_connection_has_its_answer))
