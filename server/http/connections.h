/*
 * The connections of one worker, and which of them have waited too long or have lost their peer.
 *
 * Limits (config.h): header_timeout_ms from the first byte of a request to the end of its head,
 * min_body_bytes_per_s for its body, request_timeout_ms from the first byte to the end of the
 * answer, idle_timeout_ms between requests. A request that comes too slowly is refused with 408;
 * a connection that is idle, or whose answer is not read, is closed.
 *
 *     connections_add(&connections, connection);
 *     connections_note_half_closed(&connections, connection);
 *     connections_check(&connections, config);            several times a second
 *     connections_end_half_closed(&connections);          after libmicrohttpd has read what had come
 *     connections_remove(&connections, connection);
 *
 * Threads: the worker's.
 */
#ifndef SERVER_HTTP_CONNECTIONS_H
#define SERVER_HTTP_CONNECTIONS_H

#include <stddef.h>

struct config;
struct connection;

struct connections {
    struct connection *first;
    struct connection *half_closed; /* the first of those whose peer has ended its stream */
    size_t count;
};

/* The caller keeps the connection. */
void connections_add(struct connections *connections, struct connection *connection);

/* To be called before the socket of the connection is closed. */
void connections_remove(struct connections *connections, struct connection *connection);

/* To be called when the peer has ended its stream: nothing more will come than has come. */
void connections_note_half_closed(struct connections *connections, struct connection *connection);

/* Refuses or closes every connection that has waited too long. */
void connections_check(struct connections *connections, const struct config *config);

/*
 * Ends those half-closed connections of which everything has been read and no request is complete.
 * libmicrohttpd overlooks the end of a stream that comes together with bytes.
 */
void connections_end_half_closed(struct connections *connections);

/* Ends the connections that have been idle for `seconds` and have no byte of a request to read. */
void connections_end_idle(struct connections *connections, double seconds);

#endif
