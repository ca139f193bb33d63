#include <stdatomic.h>
#include <time.h>

#include "server/http/acceptor.h"
#include "server/http/event_loop.h"
#include "server/observe/clock.h"
#include "server/observe/log.h"
#include "server/server.h"
#include "server/server_state.h"

#define POLL_MS 5

/*
 * How long the queue of the listening socket is taken from when nothing more is queued: long enough
 * for the last segment of a handshake that has begun.
 */
#define HANDSHAKE_MS 20

static void sleep_ms(size_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

/*
 * Waits until nobody waits to be accepted; false if that takes until end_s. Only a look at the queue
 * ends it: a sleep may take much longer than it should.
 */
static bool empty_queue(const struct server *server, double end_s)
{
    double empty_since_s = clock_monotonic_s();
    for (;;) {
        bool is_waiting = acceptor_has_waiting(server->acceptor);
        double now_s = clock_monotonic_s();
        if (is_waiting)
            empty_since_s = now_s;
        else if (now_s - empty_since_s >= HANDSHAKE_MS * 1e-3)
            return true;
        if (now_s > end_s)
            return !is_waiting;
        sleep_ms(POLL_MS);
    }
}

/* Whether a client of the workers is still connected, or has not been given the time to read. */
static bool is_busy(const struct server *server)
{
    bool lingering = false;
    for (size_t i = 0; i < server->worker_count; i++)
        lingering = lingering || event_loop_is_lingering(server->workers[i].event_loop);
    return lingering || acceptor_open_count(server->acceptor) > 0;
}

static bool wait_until_quiet(const struct server *server, double end_s)
{
    while (is_busy(server)) {
        if (clock_monotonic_s() > end_s)
            return false;
        sleep_ms(POLL_MS);
    }
    return true;
}

static void end_idle_connections(const struct server *server)
{
    for (size_t i = 0; i < server->worker_count; i++)
        event_loop_end_idle(server->workers[i].event_loop);
}

static bool all_are_quiet(const struct server *server)
{
    bool quiet = true;
    for (size_t i = 0; i < server->worker_count; i++)
        quiet = quiet && event_loop_is_quiet(server->workers[i].event_loop);
    return quiet;
}

/* False, and the listening socket stays open, if a worker is busy until end_s. */
static bool stop_listening(const struct server *server, double end_s)
{
    for (size_t i = 0; i < server->worker_count; i++)
        event_loop_quiesce(server->workers[i].event_loop);
    while (!all_are_quiet(server)) {
        if (clock_monotonic_s() > end_s)
            return false;
        sleep_ms(1);
    }
    acceptor_close_listener(server->acceptor);
    return true;
}

/* Waits for a reload that began before the drain. */
static bool wait_for_reload(struct server *server, double end_s)
{
    while (pthread_mutex_trylock(&server->reloading) != 0) {
        if (clock_monotonic_s() > end_s)
            return false;
        sleep_ms(POLL_MS);
    }
    pthread_mutex_unlock(&server->reloading);
    return true;
}

static bool finish_requests(struct server *server, double end_s)
{
    if (!acceptor_stop_queueing(server->acceptor))
        log_event(LOG_WARNING, "new connections cannot be held off while the last ones are taken",
                  LOG_NO_FIELDS);
    end_idle_connections(server);
    bool is_empty = empty_queue(server, end_s);
    return stop_listening(server, end_s) && wait_until_quiet(server, end_s) && is_empty &&
           wait_for_reload(server, end_s);
}

bool server_drain(struct server *server)
{
    atomic_store(&server->service.draining, true);
    sleep_ms(atomic_load(&server->drain_delay_ms));
    size_t timeout_ms = atomic_load(&server->drain_timeout_ms);
    if (finish_requests(server, clock_monotonic_s() + (double)timeout_ms * 1e-3))
        return true;
    log_event(LOG_WARNING, "stopped with requests cut off",
              LOG_FIELDS(log_size("connections", acceptor_open_count(server->acceptor)),
                         log_size("drain_timeout_ms", timeout_ms)));
    acceptor_remove_file(server->acceptor);
    acceptor_remove_file(server->admin_acceptor);
    return false;
}
