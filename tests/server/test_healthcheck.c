#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/format/address.h"
#include "server/healthcheck.h"

#include "tests/test.h"

#define PART_COUNT 2

/*
 * A server for one connection: reads the request, sends the parts and waits for the client to
 * close.
 */
struct fake_server {
    int listener;
    char listen[ADDRESS_TEXT_BYTES];
    const char *parts[PART_COUNT]; /* sent one after the other; NULL sends nothing */
    char request[512];
    bool hangs_up; /* closes the connection instead of waiting */
};

static void start_listening(struct fake_server *server)
{
    struct address address;
    assert_int_equal(address_parse(&address, "127.0.0.1:0", NULL), DIGIT_OK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        bind(server->listener, (const struct sockaddr *)&address.socket, address.size_bytes), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(
        getsockname(server->listener, (struct sockaddr *)&address.socket, &address.size_bytes), 0);
    snprintf(server->listen, sizeof server->listen, "0.0.0.0:%u", address_port(&address));
}

static void *answer(void *argument)
{
    struct fake_server *server = argument;
    char rest[16];
    int client = accept(server->listener, NULL, NULL);
    ssize_t got = recv(client, server->request, sizeof server->request - 1, 0);
    server->request[got > 0 ? got : 0] = '\0';
    for (size_t i = 0; i < PART_COUNT && server->parts[i] != NULL; i++) {
        usleep(10000); /* so that the parts arrive one by one */
        send(client, server->parts[i], strlen(server->parts[i]), MSG_NOSIGNAL);
    }
    while (!server->hangs_up && recv(client, rest, sizeof rest, 0) > 0)
        ;
    close(client);
    return NULL;
}

static enum digit_status check(struct fake_server *server, struct digit_error *error)
{
    pthread_t thread;
    start_listening(server);
    assert_int_equal(pthread_create(&thread, NULL, answer, server), 0);
    enum digit_status status = healthcheck(server->listen, 300, error);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(server->listener);
    return status;
}

TEST(healthcheck_asks_readyz_and_takes_200)
{
    struct fake_server server = {.parts = {"HTTP/1.1 200 OK\r\n\r\n", NULL}};
    assert_int_equal(check(&server, NULL), DIGIT_OK);
    static const char begin[] = "GET /readyz HTTP/1.1\r\nHost: ";
    assert_memory_equal(server.request, begin, sizeof begin - 1);
    assert_non_null(strstr(server.request, "\r\n\r\n"));
}

TEST(healthcheck_reads_an_answer_that_comes_in_parts)
{
    struct fake_server server = {.parts = {"HTTP/1.", "1 200 OK\r\n\r\n"}};
    assert_int_equal(check(&server, NULL), DIGIT_OK);
}

static void assert_refused(const char *answer_text, bool hangs_up, const char *reason)
{
    struct digit_error error;
    struct fake_server server = {.parts = {answer_text, NULL}, .hangs_up = hangs_up};
    assert_int_equal(check(&server, &error), DIGIT_IO);
    assert_non_null(strstr(error.message, server.listen));
    if (strstr(error.message, reason) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", reason, error.message);
}

TEST(healthcheck_refuses_any_other_answer)
{
    assert_refused("HTTP/1.1 503 Service Unavailable\r\n\r\n", false,
                   "\"HTTP/1.1 503 Service Unavailable\", not 200");
    assert_refused("HTTP/1.1 2000 OK\r\n\r\n", false, "not 200");
    assert_refused("SSH-2.0-OpenSSH\r\n", false, "SSH-2.0-OpenSSH");
}

TEST(healthcheck_stops_reading_a_line_without_end)
{
    char line[1000];
    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_refused(line, false, "not 200");
}

TEST(healthcheck_waits_only_so_long)
{
    assert_refused(NULL, false, "timed out");
    assert_refused("HTTP/1.1 200 OK", false, "timed out");
}

TEST(healthcheck_refuses_a_connection_that_is_closed)
{
    assert_refused("HTTP/1.1 ", true, "reset");
}

TEST(healthcheck_says_when_nobody_listens)
{
    struct digit_error error;
    struct fake_server server = {.listener = -1};
    start_listening(&server);
    close(server.listener);
    assert_int_equal(healthcheck(server.listen, 300, &error), DIGIT_IO);
    assert_non_null(strstr(error.message, "refused"));
}

TEST(healthcheck_asks_unix_sockets)
{
    struct digit_error error;
    assert_int_equal(healthcheck("unix:/no/such.sock", 300, &error), DIGIT_IO);
    assert_non_null(strstr(error.message, "/no/such.sock: No such file"));
}

TEST(healthcheck_needs_an_address_with_a_port)
{
    struct digit_error error;
    assert_int_equal(healthcheck("127.0.0.1:0", 300, &error), DIGIT_INVALID);
    assert_non_null(strstr(error.message, "port 0"));
    assert_int_equal(healthcheck("localhost", 300, &error), DIGIT_INVALID);
    assert_non_null(strstr(error.message, "localhost"));
}

TEST_MAIN(cmocka_unit_test(healthcheck_asks_readyz_and_takes_200),
          cmocka_unit_test(healthcheck_reads_an_answer_that_comes_in_parts),
          cmocka_unit_test(healthcheck_refuses_any_other_answer),
          cmocka_unit_test(healthcheck_stops_reading_a_line_without_end),
          cmocka_unit_test(healthcheck_waits_only_so_long),
          cmocka_unit_test(healthcheck_refuses_a_connection_that_is_closed),
          cmocka_unit_test(healthcheck_says_when_nobody_listens),
          cmocka_unit_test(healthcheck_asks_unix_sockets),
          cmocka_unit_test(healthcheck_needs_an_address_with_a_port))
