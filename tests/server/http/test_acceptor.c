#include "server/http/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/loopback.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"

#define ANY_PORT "127.0.0.1:0"
#define WAIT_MS  20000
#define CLIENTS  6

#define SEND_BUFFER_BYTES 65536

static enum digit_status open_at(struct acceptor **out, const char *listen, size_t max_per_peer,
                                 struct digit_error *error)
{
    const struct acceptor_options options = {.listen = listen,
                                             .worker_count = 1,
                                             .max_connections = 10,
                                             .max_per_peer = max_per_peer,
                                             .send_buffer_bytes = SEND_BUFFER_BYTES};
    return acceptor_open(out, &options, error);
}

static struct acceptor *open_acceptor(size_t max_connections, size_t worker_count)
{
    const struct acceptor_options options = {.listen = ANY_PORT,
                                             .worker_count = worker_count,
                                             .max_connections = max_connections,
                                             .send_buffer_bytes = SEND_BUFFER_BYTES};
    struct acceptor *acceptor;
    assert_int_equal(acceptor_open(&acceptor, &options, NULL), DIGIT_OK);
    return acceptor;
}

static enum acceptor_result take(struct acceptor *acceptor, size_t worker, int *socket)
{
    struct accepted accepted;
    enum acceptor_result result = acceptor_take(acceptor, worker, &accepted);
    *socket = accepted.socket;
    return result;
}

/* The next socket of the worker's inbox; -1 if there is none. */
static int collect(struct acceptor *acceptor, size_t worker)
{
    struct accepted accepted;
    return acceptor_collect(acceptor, worker, &accepted) ? accepted.socket : -1;
}

/* A connection without a limit for each peer has ended. */
static void leave(struct acceptor *acceptor, size_t worker)
{
    acceptor_leave(acceptor, worker, SIZE_MAX);
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
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_NONE);
    int client = connect_to(acceptor);
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_true(fcntl(socket, F_GETFL) & O_NONBLOCK);
    assert_connected(client, socket);
    assert_int_equal(collect(acceptor, 0), -1);
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
        assert_int_equal(take(acceptor, 1, &sockets[i]), expected[i]);
        if (expected[i] == ACCEPTOR_HANDED) {
            assert_true(is_readable(acceptor_inbox(acceptor, inboxes[i]), 0));
            sockets[i] = collect(acceptor, inboxes[i]);
        }
        assert_connected(clients[i], sockets[i]);
    }
    leave(acceptor, 2);
    int client = connect_to(acceptor), socket;
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_HANDED);
    socket = collect(acceptor, 2);
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
        assert_int_not_equal(take(acceptor, 0, &sockets[i]), ACCEPTOR_FULL);
    }
    sockets[1] = collect(acceptor, 1);
    clients[2] = connect_to(acceptor);
    assert_int_equal(take(acceptor, 0, &late), ACCEPTOR_FULL);
    assert_int_equal(take(acceptor, 1, &late), ACCEPTOR_FULL);
    leave(acceptor, 1);
    assert_int_equal(take(acceptor, 1, &late), ACCEPTOR_MINE);
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
    enum acceptor_result result = take(acceptor, 0, &socket);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(result, ACCEPTOR_FULL);
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_connected(client, socket);
    close(socket);
    close(client);
    acceptor_close(acceptor);
}

TEST(a_peer_with_its_share_is_refused_until_it_leaves)
{
    struct acceptor *acceptor;
    struct accepted first, second, third;
    assert_int_equal(open_at(&acceptor, ANY_PORT, 1, NULL), DIGIT_OK);
    int clients[3];
    clients[0] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &first), ACCEPTOR_MINE);
    clients[1] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &second), ACCEPTOR_REFUSED);
    assert_connected(clients[1], second.socket);
    assert_int_equal(acceptor_open_count(acceptor), 1);
    acceptor_leave(acceptor, 0, first.peer);
    assert_int_equal(acceptor_open_count(acceptor), 0);
    clients[2] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &third), ACCEPTOR_MINE);
    close(first.socket);
    close(second.socket);
    close(third.socket);
    for (size_t i = 0; i < 3; i++)
        close(clients[i]);
    acceptor_close(acceptor);
}

TEST(a_handed_connection_counts_for_its_peer)
{
    const struct acceptor_options options = {.listen = ANY_PORT,
                                             .worker_count = 2,
                                             .max_connections = 10,
                                             .max_per_peer = 2,
                                             .send_buffer_bytes = SEND_BUFFER_BYTES};
    struct acceptor *acceptor;
    struct accepted own, handed, refused, again;
    int clients[4];
    assert_int_equal(acceptor_open(&acceptor, &options, NULL), DIGIT_OK);
    clients[0] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &own), ACCEPTOR_MINE);
    clients[1] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &handed), ACCEPTOR_HANDED);
    assert_true(acceptor_collect(acceptor, 1, &handed));
    clients[2] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 0, &refused), ACCEPTOR_REFUSED);
    acceptor_leave(acceptor, 1, handed.peer);
    clients[3] = connect_to(acceptor);
    assert_int_equal(acceptor_take(acceptor, 1, &again), ACCEPTOR_MINE);
    close(own.socket);
    close(handed.socket);
    close(refused.socket);
    close(again.socket);
    for (size_t i = 0; i < 4; i++)
        close(clients[i]);
    acceptor_close(acceptor);
}

TEST(sockets_have_the_send_buffer_that_was_asked_for)
{
    struct acceptor *acceptor = open_acceptor(10, 1);
    int client = connect_to(acceptor), socket, bytes = 0;
    socklen_t size_bytes = sizeof bytes;
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_int_equal(getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, &size_bytes), 0);
    assert_int_equal(bytes, SEND_BUFFER_BYTES);
    close(socket);
    close(client);
    acceptor_close(acceptor);
}

static struct sockaddr_un address_of_path(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    return address;
}

static int connect_to_path(const char *path)
{
    struct sockaddr_un address = address_of_path(path);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(client, (struct sockaddr *)&address, sizeof address) == 0)
        return client;
    close(client);
    return -1;
}

TEST(a_unix_socket_is_listened_on_and_its_file_is_removed)
{
    char path[TEMP_FOLDER_PATH_BYTES], listen[TEMP_FOLDER_PATH_BYTES + 8];
    struct acceptor *acceptor;
    int socket;
    temp_folder_path(path, state, "digitd.sock");
    snprintf(listen, sizeof listen, "unix:%s", path);
    assert_int_equal(open_at(&acceptor, listen, 0, NULL), DIGIT_OK);
    assert_int_equal(acceptor_port(acceptor), 0);
    int client = connect_to_path(path);
    assert_true(acceptor_has_waiting(acceptor));
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_false(acceptor_has_waiting(acceptor));
    assert_connected(client, socket);
    close(socket);
    close(client);
    assert_true(acceptor_stop_queueing(acceptor));
    acceptor_close_listener(acceptor);
    assert_int_equal(access(path, F_OK), -1);
    acceptor_close(acceptor);
}

/* A server that was killed leaves its file behind; one that runs keeps its address. */
TEST(only_a_unix_socket_that_nobody_listens_on_is_replaced)
{
    char path[TEMP_FOLDER_PATH_BYTES], listen_at[TEMP_FOLDER_PATH_BYTES + 8];
    struct acceptor *acceptor;
    struct digit_error error;
    temp_folder_path(path, state, "digitd.sock");
    snprintf(listen_at, sizeof listen_at, "unix:%s", path);
    struct sockaddr_un address = address_of_path(path);
    int other = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(other, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(other, 1), 0);
    assert_int_equal(open_at(&acceptor, listen_at, 0, &error), DIGIT_IO);
    assert_non_null(strstr(error.message, "Address already in use"));
    assert_int_equal(access(path, F_OK), 0);
    close(other);
    assert_int_equal(open_at(&acceptor, listen_at, 0, &error), DIGIT_OK);
    acceptor_close(acceptor);
    assert_int_equal(access(path, F_OK), -1);
}

/* Those who are in the queue are still accepted, and the next server's file stays. */
TEST(a_unix_socket_whose_queue_is_closed_keeps_what_is_queued)
{
    char path[TEMP_FOLDER_PATH_BYTES], listen_at[TEMP_FOLDER_PATH_BYTES + 8];
    struct acceptor *acceptor, *next;
    int socket;
    temp_folder_path(path, state, "digitd.sock");
    snprintf(listen_at, sizeof listen_at, "unix:%s", path);
    assert_int_equal(open_at(&acceptor, listen_at, 0, NULL), DIGIT_OK);
    int client = connect_to_path(path);
    assert_true(acceptor_stop_queueing(acceptor));
    assert_int_equal(connect_to_path(path), -1);
    assert_true(acceptor_has_waiting(acceptor));
    assert_int_equal(open_at(&next, listen_at, 0, NULL), DIGIT_OK);
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_connected(client, socket);
    acceptor_remove_file(acceptor);
    acceptor_close(acceptor);
    assert_int_equal(access(path, F_OK), 0);
    acceptor_close(next);
    acceptor_remove_file(NULL);
    close(socket);
    close(client);
}

/* The client's segments are dropped before they are queued: it is neither connected nor refused. */
TEST(after_the_queue_is_closed_nobody_new_is_connected)
{
    struct acceptor *acceptor = open_acceptor(10, 1);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(acceptor_port(acceptor))};
    int before = connect_to(acceptor), accepted;
    if (!acceptor_stop_queueing(acceptor))
        skip(); /* a sandbox */
    int late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(late, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, EINPROGRESS);
    assert_int_equal(poll(&(struct pollfd){.fd = late, .events = POLLOUT}, 1, 200), 0);
    assert_int_equal(take(acceptor, 0, &accepted), ACCEPTOR_MINE);
    assert_connected(before, accepted);
    assert_int_equal(take(acceptor, 0, &(int){0}), ACCEPTOR_NONE);
    close(late);
    close(before);
    close(accepted);
    acceptor_close(acceptor);
}

TEST(what_nobody_collected_is_closed)
{
    struct acceptor *acceptor = open_acceptor(10, 2);
    int clients[2], socket;
    char byte;
    for (size_t i = 0; i < 2; i++)
        clients[i] = connect_to(acceptor);
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_MINE);
    assert_int_equal(take(acceptor, 0, &socket), ACCEPTOR_HANDED);
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
    assert_int_equal(open_at(&acceptor, "nowhere", 0, &error), DIGIT_INVALID);
    assert_int_equal(open_at(&acceptor, "192.0.2.1:0", 0, &error), DIGIT_IO);
    assert_string_equal(error.message,
                        "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST_MAIN(cmocka_unit_test(a_single_worker_keeps_what_it_accepts),
          cmocka_unit_test(connections_go_to_the_worker_that_has_fewest),
          cmocka_unit_test(one_limit_is_for_all_workers_together),
          cmocka_unit_test(a_shortage_of_descriptors_is_said_and_passes),
          cmocka_unit_test(a_peer_with_its_share_is_refused_until_it_leaves),
          cmocka_unit_test(a_handed_connection_counts_for_its_peer),
          cmocka_unit_test(sockets_have_the_send_buffer_that_was_asked_for),
          cmocka_unit_test_setup_teardown(a_unix_socket_is_listened_on_and_its_file_is_removed,
                                          temp_folder_make, temp_folder_remove),
          cmocka_unit_test_setup_teardown(only_a_unix_socket_that_nobody_listens_on_is_replaced,
                                          temp_folder_make, temp_folder_remove),
          cmocka_unit_test_setup_teardown(a_unix_socket_whose_queue_is_closed_keeps_what_is_queued,
                                          temp_folder_make, temp_folder_remove),
          cmocka_unit_test(after_the_queue_is_closed_nobody_new_is_connected),
          cmocka_unit_test(what_nobody_collected_is_closed),
          cmocka_unit_test(an_address_that_cannot_be_had_is_an_error))
