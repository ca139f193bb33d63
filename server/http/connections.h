/*
 * The open connections and since when each has had no answer, so that a client which sends a request
 * byte by byte cannot hold its connection for ever: libmicrohttpd's own timeout starts anew with
 * every byte.
 *
 *     connections_create(&connections, deadline_ms, &error);
 *     struct connection *connection = connections_add(connections, socket);
 *     connection_answered(connection);
 *     connections_remove(connections, connection);
 *
 * A thread of its own shuts down the sockets whose last answer, or beginning, is longer ago than the
 * deadline; closing them stays with whoever opened them. Threads: any.
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

/* Ends the thread and forgets what was not removed; the sockets are left alone. NULL is taken. */
void connections_destroy(struct connections *connections);

/* Watches `socket` from now on. NULL if there is no memory: it is not watched then. */
struct connection *connections_add(struct connections *connections, int socket);

/* Must be called before the socket is closed. NULL is taken. */
void connections_remove(struct connections *connections, struct connection *connection);

/* An answer has been sent: the deadline starts anew. NULL is taken. */
void connection_answered(struct connection *connection);

#endif
