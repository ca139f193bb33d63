#include "server/http/receive.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
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

static bool set_slot(int socket, struct connection *connection)
{
    slot *place = slot_of(socket);
    if (place != NULL)
        atomic_store_explicit(place, connection, memory_order_release);
    return place != NULL;
}

bool receive_attach(int socket, struct connection *connection)
{
    return set_slot(socket, connection);
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

/* The client has ended its stream: refuses the request of which only a part has come. */
static ssize_t note_end(struct connection *connection)
{
    enum connection_phase phase = connection_phase(connection);
    if (phase != CONNECTION_HEAD && phase != CONNECTION_BODY)
        return 0;
    refusal_of_incomplete(connection);
    return end_stream();
}

/*
 * Bytes for libmicrohttpd. It takes fewer than it asked for to mean that the socket has no more,
 * and waits for the next event of an edge-triggered epoll set: where bytes were removed, further
 * ones are read into their place. A violation ends the stream once the requests before it are
 * answered.
 */
static ssize_t read_for(struct connection *connection, unsigned char *bytes, size_t size, int flags)
{
    size_t filled = 0;
    while (!connection->refused) {
        ssize_t got =
            recvfrom(connection->socket, bytes + filled, size - filled, flags, NULL, NULL);
        if (got <= 0 && filled > 0)
            return (ssize_t)filled;
        if (got <= 0)
            return got == 0 ? note_end(connection) : got;
        size_t left = connection_receive(connection, bytes + filled, (size_t)got);
        bool is_last = left == (size_t)got || (size_t)got < size - filled;
        bool violates = connection->framing.violation != HTTP_NO_VIOLATION;
        filled += left;
        if (violates && connection_phase(connection) != CONNECTION_ANSWER)
            refusal_of_violation(connection);
        else if (violates)
            return filled > 0 ? (ssize_t)filled : wait_for_answer();
        else if (filled > 0 && is_last)
            return (ssize_t)filled;
    }
    return end_stream();
}

/*
 * The symbols that libmicrohttpd calls: recv, or what the C library's headers make of it when a
 * distribution compiles with _FORTIFY_SOURCE. The headers define both as inline functions, so that
 * they have names of their own here.
 */
ssize_t receive_bytes(int socket, void *bytes, size_t size, int flags) __asm__("recv");
ssize_t receive_checked(int socket, void *bytes, size_t size, size_t room_bytes,
                        int flags) __asm__("__recv_chk");

ssize_t receive_bytes(int socket, void *bytes, size_t size, int flags)
{
    slot *place = slot_of(socket);
    struct connection *connection =
        place != NULL ? atomic_load_explicit(place, memory_order_acquire) : NULL;
    if (connection == NULL)
        return recvfrom(socket, bytes, size, flags, NULL, NULL);
    return read_for(connection, bytes, size, flags);
}

ssize_t receive_checked(int socket, void *bytes, size_t size, size_t room_bytes, int flags)
{
    return receive_bytes(socket, bytes, size < room_bytes ? size : room_bytes, flags);
}
