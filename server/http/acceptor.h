/*
 * The listening socket, and which worker gets a new connection: the one that has fewest. Any worker
 * accepts; if another worker has fewer connections, it gets the socket through its inbox, a pipe
 * that carries socket numbers.
 *
 *     status = acceptor_open(&acceptor, "127.0.0.1:8080", max_connections, worker_count, &error);
 *     switch (acceptor_take(acceptor, worker, &socket)) ...
 *     acceptor_leave(acceptor, worker);
 *     acceptor_close(acceptor);
 *
 * Workers are numbered from 0. Threads: each worker calls with its own number; open and close from
 * one thread, while no worker runs.
 */
#ifndef SERVER_HTTP_ACCEPTOR_H
#define SERVER_HTTP_ACCEPTOR_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

struct acceptor;

enum acceptor_result {
    ACCEPTOR_NONE,   /* no client is waiting */
    ACCEPTOR_MINE,   /* the connection is for the worker that called */
    ACCEPTOR_HANDED, /* the connection is in the inbox of another worker */
    ACCEPTOR_FULL,   /* max_connections are open, or the system has no descriptor or memory left */
};

/*
 * Listens on `listen_address` (address.h). At most `max_connections` are open at once.
 * Errors: INVALID (the address), IO (socket, bind, listen, pipe), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status acceptor_open(struct acceptor **out, const char *listen_address,
                                                 size_t max_connections, size_t worker_count,
                                                 struct digit_error *error);

/*
 * Closes the listening socket and the sockets in inboxes, and frees the acceptor. NULL is allowed.
 */
void acceptor_close(struct acceptor *acceptor);

/* The port that is listened on: the one that the system chose if the address has port 0. */
uint16_t acceptor_port(const struct acceptor *acceptor);

/* The listening socket, to wait for: readable when a client may be waiting. */
int acceptor_listener(const struct acceptor *acceptor);

/* The worker's inbox, to wait for: readable when acceptor_collect has a socket. */
int acceptor_inbox(const struct acceptor *acceptor, size_t worker);

/*
 * Accepts a connection if a client is waiting. Only with ACCEPTOR_MINE is `*socket` set; it is
 * non-blocking and the caller's. The connection counts for its worker until acceptor_leave.
 */
enum acceptor_result acceptor_take(struct acceptor *acceptor, size_t worker, int *socket);

/* The next socket of the worker's inbox, which the caller owns from now on; -1 if there is none. */
int acceptor_collect(struct acceptor *acceptor, size_t worker);

/* To be called when a connection of the worker has ended. */
void acceptor_leave(struct acceptor *acceptor, size_t worker);

#endif
