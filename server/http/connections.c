#include "server/http/connections.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "server/observe/clock.h"

/* How often the connections are checked in one deadline; at least once a second. */
#define CHECKS_PER_DEADLINE 4
#define MAX_PERIOD_MS       1000

struct connection {
    struct connection *previous, *next;
    int socket;
    atomic_llong since_ms; /* on the monotonic clock */
};

struct connections {
    pthread_mutex_t lock; /* for everything but since_ms */
    pthread_cond_t ended;
    bool ending;
    pthread_t thread;
    long long deadline_ms;
    struct connection *first;
};

/* Called with the lock held: connections_remove waits for it, so the sockets stay open. */
static void shut_down_overdue(struct connections *connections)
{
    long long now = clock_monotonic_ms();

    for (struct connection *at = connections->first; at != NULL; at = at->next) {
        if (now - atomic_load(&at->since_ms) > connections->deadline_ms)
            shutdown(at->socket, SHUT_RDWR);
    }
}

static struct timespec next_check(const struct connections *connections)
{
    long long period_ms = connections->deadline_ms / CHECKS_PER_DEADLINE + 1;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    period_ms = period_ms < MAX_PERIOD_MS ? period_ms : MAX_PERIOD_MS;
    at.tv_nsec += (long)period_ms * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void *watch_connections(void *argument)
{
    struct connections *connections = argument;

    pthread_mutex_lock(&connections->lock);
    while (!connections->ending) {
        struct timespec until = next_check(connections);
        pthread_cond_timedwait(&connections->ended, &connections->lock, &until);
        shut_down_overdue(connections);
    }
    pthread_mutex_unlock(&connections->lock);
    return NULL;
}

/* The condition variable waits on the clock that next_check uses. */
static void init_locks(struct connections *connections)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&connections->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&connections->lock, NULL);
}

static void destroy_connections(struct connections *connections)
{
    while (connections->first != NULL)
        connections_remove(connections, connections->first);
    pthread_mutex_destroy(&connections->lock);
    pthread_cond_destroy(&connections->ended);
    free(connections);
}

enum digit_status connections_create(struct connections **out, size_t deadline_ms,
                                     struct digit_error *error)
{
    struct connections *connections = calloc(1, sizeof *connections);
    if (connections == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the list of connections");
    connections->deadline_ms = (long long)deadline_ms;
    init_locks(connections);
    int reason = pthread_create(&connections->thread, NULL, watch_connections, connections);
    if (reason != 0) {
        destroy_connections(connections);
        return digit_fail(error, DIGIT_IO, "cannot start a thread: %s", strerror(reason));
    }
    *out = connections;
    return DIGIT_OK;
}

void connections_destroy(struct connections *connections)
{
    if (connections == NULL)
        return;
    pthread_mutex_lock(&connections->lock);
    connections->ending = true;
    pthread_cond_signal(&connections->ended);
    pthread_mutex_unlock(&connections->lock);
    pthread_join(connections->thread, NULL);
    destroy_connections(connections);
}

struct connection *connections_add(struct connections *connections, int socket)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->socket = socket;
    connection_answered(connection);
    pthread_mutex_lock(&connections->lock);
    connection->next = connections->first;
    if (connections->first != NULL)
        connections->first->previous = connection;
    connections->first = connection;
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
    if (connection == NULL)
        return;
    pthread_mutex_lock(&connections->lock);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    pthread_mutex_unlock(&connections->lock);
    free(connection);
}

void connection_answered(struct connection *connection)
{
    if (connection != NULL)
        atomic_store(&connection->since_ms, clock_monotonic_ms());
}
