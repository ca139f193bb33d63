#include <stdatomic.h>
#include <time.h>

#include "server/http/acceptor.h"
#include "server/http/event_loop.h"
#include "server/observe/clock.h"
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

/* Waits until nobody waits to be accepted; false if that takes until end_s. */
static bool empty_queue(const struct server *server, double end_s)
{
    double empty_since_s = clock_monotonic_s();
    for (double now_s = empty_since_s; now_s - empty_since_s < HANDSHAKE_MS * 1e-3;
         now_s = clock_monotonic_s()) {
        if (now_s > end_s)
            return false;
        if (acceptor_has_waiting(server->acceptor))
            empty_since_s = now_s;
        sleep_ms(POLL_MS);
    }
    return true;
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

struct drain_times {
    size_t delay_ms, timeout_ms;
};

static void read_times(void *cls, const struct settings *settings)
{
    struct drain_times *out = cls;
    *out = (struct drain_times){.delay_ms = settings->config.drain_delay_ms,
                                .timeout_ms = settings->config.drain_timeout_ms};
}

bool server_drain(struct server *server)
{
    struct drain_times times;
    server_read_settings(server, read_times, &times);
    atomic_store(&server->service.draining, true);
    sleep_ms(times.delay_ms);
    double end_s = clock_monotonic_s() + (double)times.timeout_ms * 1e-3;
    acceptor_stop_queueing(server->acceptor);
    bool taken = empty_queue(server, end_s);
    for (size_t i = 0; i < server->worker_count; i++)
        event_loop_quiesce(server->workers[i].event_loop);
    acceptor_close_listener(server->acceptor);
    return wait_until_quiet(server, end_s) && taken;
}
