/*
 * Closes connections that have had no answer for too long. A client that sends a request byte by
 * byte could otherwise hold its connection for ever, because libmicrohttpd's own timeout starts
 * again with every byte.
 *
 *     connections_create(&connections, deadline_ms, &error);
 *     struct connection *connection = connections_add(connections, socket);
 *     connection_answered(connection);
 *     connections_remove(connections, connection);
 *
 * A thread of its own shuts down every socket whose last answer, or else beginning, is longer ago
 * than the deadline. Whoever opened a socket closes it. Threads: any.
 */
#ifndef SERVER_HTTP_CONNECTIONS_H
#define SERVER_HTTP_CONNECTIONS_H

#include <stddef.h>

#include <digit/status.h>

struct connections;
struct connection;

/* Starts the thread. deadline_ms: at least 1. Errors: NO_MEMORY, IO (no thread). */
DIGIT_MUST_CHECK enum digit_status connections_create(struct connections **out, size_t deadline_ms,
                                                      struct digit_error *error);

/* Ends the thread and forgets all connections; their sockets stay open. NULL is allowed. */
void connections_destroy(struct connections *connections);

/*
 * Watches `socket` from now on. Returns NULL if there is no memory: the socket is then not watched.
 */
struct connection *connections_add(struct connections *connections, int socket);

/* Must be called before the socket of the connection is closed. NULL is allowed. */
void connections_remove(struct connections *connections, struct connection *connection);

/* To be called when an answer has been sent: the deadline starts again. NULL is allowed. */
void connection_answered(struct connection *connection);

#endif
