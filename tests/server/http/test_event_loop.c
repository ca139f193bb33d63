#include "server/http/event_loop.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/acceptor.h"
#include "server/http/connection.h"
#include "tests/support/http_worker.h"
#include "tests/support/loopback.h"
#include "tests/test.h"

#define WAIT_MS       20000
#define SILENCE_MS    200
#define CLIENTS       130 /* more events than libmicrohttpd fetches at once */
#define REQUEST       "GET / HTTP/1.1\r\nHost: d\r\n\r\n"
#define ANSWERED      "HTTP/1.1 200 OK\r\n"
#define UNLIMITED     1000
#define ONE_AT_A_TIME 1

struct fixture {
    struct event_loop *loop;
    struct MHD_Response *answer;
    struct acceptor *acceptor;
    struct http_worker own;
    uint16_t port;
    const struct settings *settings;
    atomic_size_t woken, refused;
};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *body,
                              size_t *body_bytes, void **request)
{
    struct fixture *fixture = cls;
    (void)path;
    (void)method;
    (void)version;
    (void)body;
    (void)body_bytes;
    if (*request == NULL) {
        *request = fixture;
        return MHD_YES;
    }
    event_loop_note_answer(
        fixture->loop,
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    return MHD_queue_response(connection, MHD_HTTP_OK, fixture->answer);
}

static struct connection *begin_connection(struct fixture *fixture, int socket)
{
    struct connection *connection = malloc(sizeof *connection);
    assert_non_null(connection);
    connection_init(connection, &fixture->own.worker, socket, &fixture->own.worker.http_limits);
    connection->peer = event_loop_note_connection_begin(fixture->loop);
    event_loop_watch_connection(fixture->loop, connection);
    return connection;
}

static void end_connection(struct fixture *fixture, struct connection *connection)
{
    event_loop_unwatch_connection(fixture->loop, connection);
    event_loop_note_connection_end(fixture->loop, connection->peer);
    free(connection);
}

static void notify(void *cls, struct MHD_Connection *connection, void **socket_context,
                   enum MHD_ConnectionNotificationCode code)
{
    int socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = begin_connection(cls, socket);
    else
        end_connection(cls, *socket_context);
}

static void note_wake(void *cls)
{
    struct fixture *fixture = cls;
    atomic_fetch_add(&fixture->woken, 1);
}

static void note_refused(void *cls, int socket)
{
    struct fixture *fixture = cls;
    (void)socket;
    atomic_fetch_add(&fixture->refused, 1);
}

static struct MHD_Daemon *start_daemon(struct fixture *fixture)
{
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, answer, fixture,
                         MHD_OPTION_NOTIFY_CONNECTION, notify, fixture, MHD_OPTION_END);
    assert_non_null(daemon);
    return daemon;
}

static void start_with(struct fixture *fixture, const struct acceptor_options *options,
                       size_t worker)
{
    http_worker_init(&fixture->own);
    fixture->settings = &fixture->own.settings;
    fixture->loop = NULL;
    atomic_init(&fixture->woken, 0);
    atomic_init(&fixture->refused, 0);
    assert_int_equal(acceptor_open(&fixture->acceptor, options, NULL), DIGIT_OK);
    fixture->port = acceptor_port(fixture->acceptor);
    fixture->answer =
        MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    const struct event_loop_parts parts = {.acceptor = fixture->acceptor,
                                           .worker = worker,
                                           .shard = fixture->own.worker.shard,
                                           .settings = &fixture->settings,
                                           .on_wake = note_wake,
                                           .on_refused = note_refused,
                                           .cls = fixture};
    assert_int_equal(event_loop_start(&fixture->loop, start_daemon(fixture), &parts, NULL),
                     DIGIT_OK);
}

static void start_as(struct fixture *fixture, size_t max_connections, size_t workers, size_t worker)
{
    start_with(fixture,
               &(struct acceptor_options){.listen = "127.0.0.1:0",
                                          .worker_count = workers,
                                          .max_connections = max_connections,
                                          .send_buffer_bytes = 65536},
               worker);
}

static void start(struct fixture *fixture, size_t max_connections)
{
    start_as(fixture, max_connections, 1, 0);
}

static void stop(struct fixture *fixture)
{
    event_loop_stop(fixture->loop);
    acceptor_close(fixture->acceptor);
    MHD_destroy_response(fixture->answer);
    http_worker_release(&fixture->own);
}

static void ask(int client)
{
    assert_int_equal(send(client, REQUEST, strlen(REQUEST), 0), strlen(REQUEST));
}

/* Whether an answer comes within wait_ms; it comes in one piece. */
static bool is_answered(int client, int wait_ms)
{
    struct pollfd descriptor = {.fd = client, .events = POLLIN};
    char text[4096] = "";
    return poll(&descriptor, 1, wait_ms) == 1 && recv(client, text, sizeof text, 0) > 0 &&
           memcmp(text, ANSWERED, strlen(ANSWERED)) == 0;
}

TEST(requests_are_answered)
{
    struct fixture fixture;
    start(&fixture, UNLIMITED);
    int client = loopback_connect(fixture.port);
    ask(client);
    assert_true(is_answered(client, WAIT_MS));
    close(client);
    stop(&fixture);
}

TEST(more_clients_than_events_at_once_are_answered)
{
    struct fixture fixture;
    int clients[CLIENTS];
    start(&fixture, UNLIMITED);
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = loopback_connect(fixture.port);
    for (size_t i = 0; i < CLIENTS; i++)
        ask(clients[i]);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_true(is_answered(clients[i], WAIT_MS));
        close(clients[i]);
    }
    stop(&fixture);
}

TEST(a_client_beyond_the_limit_is_answered_when_another_goes)
{
    struct fixture fixture;
    start(&fixture, ONE_AT_A_TIME);
    int first = loopback_connect(fixture.port);
    ask(first);
    assert_true(is_answered(first, WAIT_MS));
    int second = loopback_connect(fixture.port);
    ask(second);
    assert_false(is_answered(second, SILENCE_MS));
    close(first);
    assert_true(is_answered(second, WAIT_MS));
    close(second);
    stop(&fixture);
}

/* Connects a client, quiesces the loop, and checks that the client is still answered. */
static int connect_and_quiesce(const struct fixture *fixture)
{
    int client = loopback_connect(fixture->port);
    ask(client);
    assert_true(is_answered(client, WAIT_MS));
    assert_false(event_loop_is_quiet(fixture->loop));
    event_loop_quiesce(fixture->loop);
    for (int left = WAIT_MS; left > 0 && !event_loop_is_quiet(fixture->loop); left--)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_true(event_loop_is_quiet(fixture->loop));
    ask(client);
    assert_true(is_answered(client, WAIT_MS));
    return client;
}

/*
 * The test is the other worker. The loop is quiesced, so that it cannot accept the connections
 * itself.
 */
TEST(a_loop_serves_what_another_worker_accepted)
{
    struct fixture fixture;
    struct accepted kept[2], handed;
    int clients[3];
    start_as(&fixture, UNLIMITED, 2, 1);
    int old = connect_and_quiesce(&fixture);
    for (size_t i = 0; i < 3; i++)
        clients[i] = loopback_connect(fixture.port);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(acceptor_take(fixture.acceptor, 0, &kept[i]), ACCEPTOR_MINE);
    assert_int_equal(acceptor_take(fixture.acceptor, 0, &handed), ACCEPTOR_HANDED);
    ask(clients[2]);
    assert_true(is_answered(clients[2], WAIT_MS));
    for (size_t i = 0; i < 3; i++)
        close(clients[i]);
    for (size_t i = 0; i < 2; i++)
        close(kept[i].socket);
    close(old);
    stop(&fixture);
}

TEST(a_quiet_loop_takes_no_new_connections_and_answers_the_old)
{
    struct fixture fixture;
    start(&fixture, UNLIMITED);
    int old = connect_and_quiesce(&fixture);
    int new = loopback_connect(fixture.port); /* waits in the backlog */
    ask(new);
    assert_false(is_answered(new, SILENCE_MS));
    close(old);
    close(new);
    stop(&fixture);
    event_loop_stop(NULL);
}

/* The machine may be busy. */
static bool becomes(atomic_size_t *number, size_t expected)
{
    for (int i = 0; i < WAIT_MS / 5 && atomic_load(number) < expected; i++)
        poll(NULL, 0, 5);
    return atomic_load(number) >= expected;
}

TEST(a_wake_reaches_the_loops_thread)
{
    struct fixture fixture;
    start(&fixture, UNLIMITED);
    assert_false(event_loop_is_own_thread(fixture.loop));
    event_loop_wake(fixture.loop);
    assert_true(becomes(&fixture.woken, 1));
    event_loop_wake(fixture.loop);
    assert_true(becomes(&fixture.woken, 2));
    event_loop_stop(fixture.loop);
    assert_true(atomic_load(&fixture.woken) >= 3); /* once more, for what came last */
    acceptor_close(fixture.acceptor);
    MHD_destroy_response(fixture.answer);
    http_worker_release(&fixture.own);
}

TEST(a_peer_with_its_share_is_refused_and_its_bytes_are_discarded)
{
    struct fixture fixture;
    char byte;
    start_with(&fixture,
               &(struct acceptor_options){.listen = "127.0.0.1:0",
                                          .worker_count = 1,
                                          .max_connections = 10,
                                          .max_per_peer = 1,
                                          .send_buffer_bytes = 65536},
               0);
    int first = loopback_connect(fixture.port);
    ask(first);
    assert_true(is_answered(first, WAIT_MS));
    int second = loopback_connect(fixture.port);
    ask(second);
    assert_true(becomes(&fixture.refused, 1));
    /* The end of the stream, and no reset though the request was not read. */
    assert_int_equal(recv(second, &byte, 1, 0), 0);
    ask(first);
    assert_true(is_answered(first, WAIT_MS));
    close(second);
    close(first);
    stop(&fixture);
}

TEST(an_idle_connection_of_a_quiet_loop_is_ended_after_a_second)
{
    struct fixture fixture;
    char byte;
    start(&fixture, UNLIMITED);
    int client = connect_and_quiesce(&fixture);
    struct pollfd descriptor = {.fd = client, .events = POLLIN};
    assert_int_equal(poll(&descriptor, 1, WAIT_MS), 1);
    assert_int_equal(recv(client, &byte, 1, 0), 0);
    close(client);
    stop(&fixture);
}

TEST(the_library_has_a_version_and_an_old_one_a_notice)
{
    const char *version = event_loop_library_version();
    assert_int_equal(strspn(version, "0123456789."), strlen(version));
    if (version[0] == '0')
        assert_non_null(strstr(event_loop_library_notice(), "older than 1.0"));
    else
        assert_null(event_loop_library_notice());
}

TEST_MAIN(cmocka_unit_test(requests_are_answered),
          cmocka_unit_test(more_clients_than_events_at_once_are_answered),
          cmocka_unit_test(a_client_beyond_the_limit_is_answered_when_another_goes),
          cmocka_unit_test(a_loop_serves_what_another_worker_accepted),
          cmocka_unit_test(a_quiet_loop_takes_no_new_connections_and_answers_the_old),
          cmocka_unit_test(a_wake_reaches_the_loops_thread),
          cmocka_unit_test(a_peer_with_its_share_is_refused_and_its_bytes_are_discarded),
          cmocka_unit_test(an_idle_connection_of_a_quiet_loop_is_ended_after_a_second),
          cmocka_unit_test(the_library_has_a_version_and_an_old_one_a_notice))
