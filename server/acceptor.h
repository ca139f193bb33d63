/*
 * The listening socket, and which worker a connection goes to: the one that has fewest. Whichever
 * worker is awake accepts; a connection that another shall have goes to it through its inbox, a pipe
 * that carries sockets.
 *
 *     status = acceptor_open(&acceptor, "127.0.0.1:8080", max_connections, worker_count, &error);
 *     switch (acceptor_take(acceptor, worker, &socket)) ...
 *     acceptor_leave(acceptor, worker);
 *     acceptor_close(acceptor);
 *
 * Workers are numbered from 0. Threads: any, each worker's for its own number, but for opening and
 * closing.
 */
#ifndef SERVER_ACCEPTOR_H
#define SERVER_ACCEPTOR_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

struct acceptor;

enum acceptor_result {
    ACCEPTOR_NONE,   /* nobody waits */
    ACCEPTOR_MINE,   /* a connection for the worker that asked */
    ACCEPTOR_HANDED, /* a connection, which another worker finds in its inbox */
    ACCEPTOR_FULL,   /* as many are open as may be, or as the system has descriptors for */
};

/*
 * Listens on `listen_address` (address.h), for at most `max_connections` open at once.
 * Errors: INVALID (the address), IO (socket, bind, listen, pipe), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status acceptor_open(struct acceptor **out, const char *listen_address,
                                                 size_t max_connections, size_t worker_count,
                                                 struct digit_error *error);

/* Closes the listening socket and what lies in inboxes, and frees the acceptor. NULL is taken. */
void acceptor_close(struct acceptor *acceptor);

/* The port that is listened on, which is of interest where the address has 0. */
uint16_t acceptor_port(const struct acceptor *acceptor);

/* The listening socket, to wait for: readable when somebody may want to connect. */
int acceptor_listener(const struct acceptor *acceptor);

/* The worker's inbox, to wait for: readable when acceptor_collect will find something. */
int acceptor_inbox(const struct acceptor *acceptor, size_t worker);

/*
 * Accepts a connection if somebody waits for one. `*socket`, non-blocking, is the caller's with
 * ACCEPTOR_MINE only. A connection counts as the worker's from now until acceptor_leave.
 */
enum acceptor_result acceptor_take(struct acceptor *acceptor, size_t worker, int *socket);

/* The next socket of the inbox, the caller's from now on; -1 if there is none. */
int acceptor_collect(struct acceptor *acceptor, size_t worker);

/* A connection of the worker has ended. */
void acceptor_leave(struct acceptor *acceptor, size_t worker);

#endif
