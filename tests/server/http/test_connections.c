#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/http/connections.h"

#include "tests/test.h"

#define DEADLINE_MS 100

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* The peer of a socket that was shut down reads the end; the peer of an open socket would block. */
static bool is_shut_down(int peer)
{
    char byte;
    return recv(peer, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Waits much longer than the deadline, because the machine may be busy. */
static void wait_until_shut_down(int peer)
{
    for (int i = 0; i < 100 && !is_shut_down(peer); i++)
        sleep_ms(DEADLINE_MS);
    assert_true(is_shut_down(peer));
}

TEST(connections_shut_down_what_is_never_answered)
{
    struct connections *connections;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(connections_create(&connections, DEADLINE_MS, NULL), DIGIT_OK);
    struct connection *connection = connections_add(connections, pair[0]);
    assert_false(is_shut_down(pair[1]));
    wait_until_shut_down(pair[1]);
    connections_remove(connections, connection);
    connections_destroy(connections);
    close(pair[0]);
    close(pair[1]);
}

TEST(connections_leave_alone_what_is_answered_or_removed)
{
    struct connections *connections;
    int busy[2], idle[2], removed[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, busy), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, idle), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, removed), 0);
    assert_int_equal(connections_create(&connections, 20 * DEADLINE_MS, NULL), DIGIT_OK);
    struct connection *gone = connections_add(connections, removed[0]);
    struct connection *first = connections_add(connections, idle[0]);
    struct connection *second = connections_add(connections, busy[0]);
    connections_remove(connections, gone);
    for (int i = 0; i < 50 && !is_shut_down(idle[1]); i++) {
        sleep_ms(DEADLINE_MS);
        connection_answered(second);
    }
    assert_true(is_shut_down(idle[1]));
    assert_false(is_shut_down(busy[1]));
    assert_false(is_shut_down(removed[1]));
    connections_remove(connections, second);
    connections_remove(connections, first);
    connections_destroy(connections);
    for (int i = 0; i < 2; i++) {
        close(busy[i]);
        close(idle[i]);
        close(removed[i]);
    }
}

TEST(connections_destroy_forgets_what_is_left)
{
    struct connections *connections;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(connections_create(&connections, 60000, NULL), DIGIT_OK);
    assert_non_null(connections_add(connections, pair[0]));
    assert_non_null(connections_add(connections, pair[0]));
    connections_remove(connections, NULL);
    connection_answered(NULL);
    connections_destroy(connections);
    connections_destroy(NULL);
    assert_false(is_shut_down(pair[1]));
    close(pair[0]);
    close(pair[1]);
}

TEST_MAIN(cmocka_unit_test(connections_shut_down_what_is_never_answered),
          cmocka_unit_test(connections_leave_alone_what_is_answered_or_removed),
          cmocka_unit_test(connections_destroy_forgets_what_is_left))
