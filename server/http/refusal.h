/*
 * Answers that are written to a connection's socket past libmicrohttpd, because libmicrohttpd can
 * give none or none that is ours: the request breaks the rules of HTTP, or it does not come in time.
 * The client gets one problem document and "Connection: close"; the request is counted and logged
 * with its status; nothing more is read from the connection.
 * Threads: the worker's.
 */
#ifndef SERVER_HTTP_REFUSAL_H
#define SERVER_HTTP_REFUSAL_H

#include "server/http/problem.h"
#include "server/observe/metrics_labels.h"

struct connection;
struct worker;

/*
 * Refuses the request that the connection's framing found in violation of HTTP. All answers to
 * earlier requests have been completed.
 */
void refusal_of_violation(struct connection *connection);

/*
 * Refuses the request of which only a part came before the client ended its stream. The client can
 * still read, if it has ended only its own direction.
 */
void refusal_of_incomplete(struct connection *connection);

/* Refuses a connection of worker `worker` whose peer has `limit` connections already. */
void refusal_of_peer(struct worker *worker, int socket, size_t limit);

/* Refuses the request that is coming: its head or its body. */
void refusal_send(struct connection *connection, const struct fault *fault,
                  enum metrics_rejection reason);

#endif
