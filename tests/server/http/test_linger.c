#include "server/http/linger.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/http_worker.h"
#include "tests/test.h"

#define WAIT_MS 20000

struct fixture {
    struct linger_list linger;
    int set;
};

static void start(struct fixture *fixture)
{
    fixture->set = epoll_create1(EPOLL_CLOEXEC);
    linger_init(&fixture->linger, fixture->set);
}

static void stop(struct fixture *fixture)
{
    linger_release(&fixture->linger);
    assert_int_equal(linger_count(&fixture->linger), 0);
    close(fixture->set);
}

/* Makes a connection whose server's end lingers; returns the client's end. */
static int linger_one(struct fixture *fixture)
{
    int ends[2];
    http_worker_connect(ends, true);
    linger_take(&fixture->linger, ends[0]);
    shutdown(ends[0], SHUT_WR);
    close(ends[0]);
    return ends[1];
}

/* Handles what is ready within `wait_ms`; false if nothing is. */
static bool handle_event(struct fixture *fixture, int wait_ms)
{
    struct epoll_event event;
    if (epoll_wait(fixture->set, &event, 1, wait_ms) != 1)
        return false;
    struct source *source = event.data.ptr;
    assert_int_equal(source->kind, SOURCE_LINGER);
    linger_discard((struct lingering *)source);
    return true;
}

TEST(what_still_comes_is_discarded_until_the_client_closes)
{
    struct fixture fixture;
    char byte, bytes[40000] = {0};
    start(&fixture);
    int client = linger_one(&fixture);
    assert_int_equal(linger_count(&fixture.linger), 1);
    assert_false(handle_event(&fixture, 0));
    assert_int_equal(recv(client, &byte, 1, 0), 0); /* the end, not a reset */
    for (int i = 0; i < 5; i++) {
        assert_int_equal(send(client, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
        assert_true(handle_event(&fixture, WAIT_MS));
        while (handle_event(&fixture, 0))
            ;
    }
    assert_int_equal(linger_count(&fixture.linger), 1);
    close(client);
    while (linger_count(&fixture.linger) > 0)
        assert_true(handle_event(&fixture, WAIT_MS));
    stop(&fixture);
}

TEST(silence_ends_it)
{
    struct fixture fixture;
    start(&fixture);
    int client = linger_one(&fixture);
    struct lingering *lingering = &fixture.linger.sockets[0];
    lingering->begun_s -= LINGER_SILENCE_S + 0.1;
    linger_check(&fixture.linger);
    assert_int_equal(linger_count(&fixture.linger), 1);
    lingering->received_s -= LINGER_SILENCE_S + 0.1;
    assert_int_equal(send(client, "x", 1, MSG_NOSIGNAL), 1);
    assert_true(handle_event(&fixture, WAIT_MS)); /* bytes begin the time anew */
    linger_check(&fixture.linger);
    assert_int_equal(linger_count(&fixture.linger), 1);
    lingering->received_s -= LINGER_SILENCE_S + 0.1;
    linger_check(&fixture.linger);
    assert_int_equal(linger_count(&fixture.linger), 0);
    close(client);
    stop(&fixture);
}

TEST(it_ends_after_the_total_time_although_bytes_come)
{
    struct fixture fixture;
    start(&fixture);
    int client = linger_one(&fixture);
    fixture.linger.sockets[0].begun_s -= LINGER_TOTAL_S - 1;
    linger_check(&fixture.linger);
    assert_int_equal(linger_count(&fixture.linger), 1);
    fixture.linger.sockets[0].begun_s -= 1.1;
    linger_check(&fixture.linger);
    assert_int_equal(linger_count(&fixture.linger), 0);
    close(client);
    stop(&fixture);
}

TEST(the_oldest_makes_room)
{
    struct fixture fixture;
    int clients[LINGERING_MAX + 1];
    char byte;
    start(&fixture);
    for (size_t i = 0; i < LINGERING_MAX; i++)
        clients[i] = linger_one(&fixture);
    assert_int_equal(linger_count(&fixture.linger), LINGERING_MAX);
    fixture.linger.sockets[5].begun_s -= 1;
    assert_int_equal(send(clients[5], "x", 1, MSG_NOSIGNAL), 1); /* unread: closing it resets */
    clients[LINGERING_MAX] = linger_one(&fixture);
    assert_int_equal(linger_count(&fixture.linger), LINGERING_MAX);
    struct pollfd reset = {.fd = clients[5], .events = POLLIN};
    assert_int_equal(poll(&reset, 1, WAIT_MS), 1);
    assert_true(recv(clients[5], &byte, 1, 0) <= 0);
    assert_int_equal(send(clients[LINGERING_MAX], "x", 1, MSG_NOSIGNAL), 1);
    assert_true(handle_event(&fixture, WAIT_MS));
    for (size_t i = 0; i <= LINGERING_MAX; i++)
        close(clients[i]);
    stop(&fixture);
}

/* An event that was fetched before its socket was closed. */
TEST(a_late_event_is_harmless)
{
    struct fixture fixture;
    start(&fixture);
    int client = linger_one(&fixture);
    struct lingering *lingering = &fixture.linger.sockets[0];
    linger_discard(lingering); /* nothing has come */
    assert_int_equal(linger_count(&fixture.linger), 1);
    linger_release(&fixture.linger);
    linger_discard(lingering);
    assert_int_equal(linger_count(&fixture.linger), 0);
    close(client);
    stop(&fixture);
}

TEST(a_socket_that_cannot_be_duplicated_does_not_linger)
{
    struct fixture fixture;
    start(&fixture);
    linger_take(&fixture.linger, -1);
    assert_int_equal(linger_count(&fixture.linger), 0);
    stop(&fixture);
}

TEST_MAIN(cmocka_unit_test(what_still_comes_is_discarded_until_the_client_closes),
          cmocka_unit_test(silence_ends_it),
          cmocka_unit_test(it_ends_after_the_total_time_although_bytes_come),
          cmocka_unit_test(the_oldest_makes_room), cmocka_unit_test(a_late_event_is_harmless),
          cmocka_unit_test(a_socket_that_cannot_be_duplicated_does_not_linger))
