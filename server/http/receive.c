#include "server/http/receive.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "server/http/connection.h"
#include "server/http/refusal.h"

typedef _Atomic(struct connection *) slot;

/* A program has one table, because recv has no argument that could carry another. */
static slot *connections; /* [socket_count], by the number of the socket */
static size_t socket_count;

enum digit_status receive_create(size_t sockets, struct digit_error *error)
{
    connections = calloc(sockets, sizeof *connections);
    if (connections == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a table of %zu sockets", sockets);
    socket_count = sockets;
    return DIGIT_OK;
}

void receive_destroy(void)
{
    free(connections);
    connections = NULL;
    socket_count = 0;
}

static slot *slot_of(int socket)
{
    return socket >= 0 && (size_t)socket < socket_count ? &connections[socket] : NULL;
}

static void set_slot(int socket, struct connection *connection)
{
    slot *place = slot_of(socket);
    assert(place != NULL);
    atomic_store_explicit(place, connection, memory_order_release);
}

void receive_attach(int socket, struct connection *connection)
{
    set_slot(socket, connection);
}

void receive_detach(int socket)
{
    set_slot(socket, NULL);
}

/* libmicrohttpd closes a connection at once that seems to be reset. */
static ssize_t end_stream(void)
{
    errno = ECONNRESET;
    return -1;
}

/* The refusal follows the answers to earlier requests: request_life.c sends it. */
static ssize_t wait_for_answer(void)
{
    errno = EAGAIN;
    return -1;
}

/*
 * Bytes for libmicrohttpd. If all of them belonged to a chunk extension there may be more: 0 would
 * mean the end of the stream.
 */
static ssize_t read_for(struct connection *connection, void *bytes, size_t size, int flags)
{
    for (;;) {
        if (connection->refused)
            return end_stream();
        ssize_t got = recvfrom(connection->socket, bytes, size, flags, NULL, NULL);
        if (got <= 0)
            return got;
        size_t left = connection_receive(connection, bytes, (size_t)got);
        if (left > 0)
            return (ssize_t)left;
        if (connection->framing.violation == HTTP_NO_VIOLATION)
            continue;
        if (connection_phase(connection) == CONNECTION_ANSWER)
            return wait_for_answer();
        refusal_of_violation(connection);
    }
}

ssize_t recv(int socket, void *bytes, size_t size, int flags)
{
    slot *place = slot_of(socket);
    struct connection *connection =
        place != NULL ? atomic_load_explicit(place, memory_order_acquire) : NULL;
    if (connection == NULL)
        return recvfrom(socket, bytes, size, flags, NULL, NULL);
    return read_for(connection, bytes, size, flags);
}
