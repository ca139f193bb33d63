#include "server/http/acceptor.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/loopback.h"
#include "tests/test.h"

#define ANY_PORT "127.0.0.1:0"
#define WAIT_MS  20000
#define CLIENTS  6

static struct acceptor *open_acceptor(size_t max_connections, size_t worker_count)
{
    struct acceptor *acceptor;
    assert_int_equal(acceptor_open(&acceptor, ANY_PORT, max_connections, worker_count, NULL),
                     DIGIT_OK);
    return acceptor;
}

static bool is_readable(int descriptor, int wait_ms)
{
    return poll(&(struct pollfd){.fd = descriptor, .events = POLLIN}, 1, wait_ms) == 1;
}

/* Connects and waits until the listening socket is readable. */
static int connect_to(const struct acceptor *acceptor)
{
    int client = loopback_connect(acceptor_port(acceptor));
    assert_true(is_readable(acceptor_listener(acceptor), WAIT_MS));
    return client;
}

/* What one end of the connection sends arrives at the other. */
static void assert_connected(int client, int socket)
{
    char byte = 0;
    assert_int_equal(send(client, "d", 1, 0), 1);
    assert_true(is_readable(socket, WAIT_MS));
    assert_int_equal(recv(socket, &byte, 1, 0), 1);
    assert_int_equal(byte, 'd');
}

TEST(a_single_worker_keeps_what_it_accepts)
{
    struct acceptor *acceptor = open_acceptor(10, 1);
    int socket;
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_NONE);
    int client = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_true(fcntl(socket, F_GETFL) & O_NONBLOCK);
    assert_connected(client, socket);
    assert_int_equal(acceptor_collect(acceptor, 0), -1);
    close(socket);
    close(client);
    acceptor_close(acceptor);
}

TEST(connections_go_to_the_worker_that_has_fewest)
{
    struct acceptor *acceptor = open_acceptor(10, 3);
    const enum acceptor_result expected[CLIENTS] = {ACCEPTOR_MINE,   ACCEPTOR_HANDED,
                                                    ACCEPTOR_HANDED, ACCEPTOR_MINE,
                                                    ACCEPTOR_HANDED, ACCEPTOR_HANDED};
    const size_t inboxes[CLIENTS] = {1, 0, 2,
                                     1, 0, 2}; /* of the workers that get those handed over */
    int clients[CLIENTS], sockets[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = connect_to(acceptor);
        assert_int_equal(acceptor_take(acceptor, 1, &sockets[i]), expected[i]);
        if (expected[i] == ACCEPTOR_HANDED) {
            assert_true(is_readable(acceptor_inbox(acceptor, inboxes[i]), 0));
            sockets[i] = acceptor_collect(acceptor, inboxes[i]);
        }
        assert_connected(clients[i], sockets[i]);
    }
    acceptor_leave(acceptor, 2);
    int client = connect_to(acceptor), socket;
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_HANDED);
    socket = acceptor_collect(acceptor, 2);
    assert_connected(client, socket);
    close(client);
    close(socket);
    for (size_t i = 0; i < CLIENTS; i++) {
        close(clients[i]);
        close(sockets[i]);
    }
    acceptor_close(acceptor);
}

TEST(one_limit_is_for_all_workers_together)
{
    struct acceptor *acceptor = open_acceptor(2, 2);
    int clients[3], sockets[2], late;
    for (size_t i = 0; i < 2; i++) {
        clients[i] = connect_to(acceptor);
        assert_int_not_equal(acceptor_take(acceptor, 0, &sockets[i]), ACCEPTOR_FULL);
    }
    sockets[1] = acceptor_collect(acceptor, 1);
    clients[2] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &late), ACCEPTOR_FULL);
    assert_int_equal(acceptor_take(acceptor, 1, &late), ACCEPTOR_FULL);
    acceptor_leave(acceptor, 1);
    assert_int_equal(acceptor_take(acceptor, 1, &late), ACCEPTOR_MINE);
    assert_connected(clients[2], late);
    close(late);
    for (size_t i = 0; i < 3; i++)
        close(clients[i]);
    for (size_t i = 0; i < 2; i++)
        close(sockets[i]);
    acceptor_close(acceptor);
}

/* No further descriptor can be opened until the limit is lifted again. */
TEST(a_shortage_of_descriptors_is_said_and_passes)
{
    struct acceptor *acceptor = open_acceptor(10, 1);
    int client = connect_to(acceptor), socket;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum acceptor_result result = acceptor_take(acceptor, 0, &socket);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(result, ACCEPTOR_FULL);
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_connected(client, socket);
    close(socket);
    close(client);
    acceptor_close(acceptor);
}

TEST(what_nobody_collected_is_closed)
{
    struct acceptor *acceptor = open_acceptor(10, 2);
    int clients[2], socket;
    char byte;
    for (size_t i = 0; i < 2; i++)
        clients[i] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_int_equal(acceptor_take(acceptor, 0, &socket), ACCEPTOR_HANDED);
    acceptor_close(acceptor);
    assert_true(is_readable(clients[1], WAIT_MS));
    assert_int_equal(recv(clients[1], &byte, 1, 0), 0);
    assert_false(is_readable(clients[0], 0));
    close(socket);
    close(clients[0]);
    close(clients[1]);
    acceptor_close(NULL);
}

TEST(an_address_that_cannot_be_had_is_an_error)
{
    struct acceptor *acceptor;
    struct digit_error error;
    assert_int_equal(acceptor_open(&acceptor, "nowhere", 10, 1, &error), DIGIT_INVALID);
    assert_int_equal(acceptor_open(&acceptor, "192.0.2.1:0", 10, 1, &error), DIGIT_IO);
    assert_string_equal(error.message,
                        "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

/* Those who are in the queue are still accepted, and the next server's file stays. */
TEST(a_unix_socket_that_stops_queueing_refuses_and_keeps_its_queue)
{
    char folder[] = "/tmp/acceptorXXXXXX", listen_address[64];
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    struct acceptor *acceptor;
    struct accepted accepted;
    assert_non_null(mkdtemp(folder));
    snprintf(path.sun_path, sizeof path.sun_path, "%s/s", folder);
    snprintf(listen_address, sizeof listen_address, "unix:%s", path.sun_path);
    const struct acceptor_options options = {.listen = listen_address,
                                             .worker_count = 1,
                                             .max_connections = 10,
                                             .send_buffer_bytes = 65536};
    assert_int_equal(acceptor_open(&acceptor, &options, NULL), DIGIT_OK);
    int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(first, (struct sockaddr *)&path, sizeof path), 0);
    acceptor_stop_queueing(acceptor);
    assert_int_not_equal(connect(second, (struct sockaddr *)&path, sizeof path), 0);
    assert_true(acceptor_has_waiting(acceptor));
    assert_int_equal(acceptor_take(acceptor, 0, &accepted), ACCEPTOR_MINE);
    assert_int_equal(bind(second, (struct sockaddr *)&path, sizeof path), 0);
    acceptor_leave(acceptor, 0, accepted.peer);
    acceptor_close(acceptor);
    assert_int_equal(unlink(path.sun_path), 0);
    assert_int_equal(rmdir(folder), 0);
    close(accepted.socket);
    close(first);
    close(second);
}

TEST_MAIN(cmocka_unit_test(a_unix_socket_that_stops_queueing_refuses_and_keeps_its_queue),
          cmocka_unit_test(a_single_worker_keeps_what_it_accepts),
          cmocka_unit_test(connections_go_to_the_worker_that_has_fewest),
          cmocka_unit_test(one_limit_is_for_all_workers_together),
          cmocka_unit_test(a_shortage_of_descriptors_is_said_and_passes),
          cmocka_unit_test(what_nobody_collected_is_closed),
          cmocka_unit_test(an_address_that_cannot_be_had_is_an_error))
