/*
 * The listening socket, and which worker gets a new connection: the one that has fewest. Any worker
 * accepts; if another worker has fewer connections, it gets the socket through its inbox, a pipe
 * that carries socket numbers.
 *
 *     status = acceptor_open(&acceptor, &options, &error);
 *     switch (acceptor_take(acceptor, worker, &accepted)) ...
 *     acceptor_leave(acceptor, worker, accepted.peer);
 *     acceptor_close(acceptor);
 *
 * Workers are numbered from 0. Threads: each worker calls with its own number; open and close from
 * one thread, while no worker runs.
 */
#ifndef SERVER_HTTP_ACCEPTOR_H
#define SERVER_HTTP_ACCEPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

struct acceptor;

enum acceptor_result {
    ACCEPTOR_NONE,    /* no client is waiting */
    ACCEPTOR_MINE,    /* the connection is for the worker that called */
    ACCEPTOR_HANDED,  /* the connection is in the inbox of another worker */
    ACCEPTOR_FULL,    /* max_connections are open, or the system has no descriptor or memory left */
    ACCEPTOR_REFUSED, /* the peer has as many connections as it may have */
};

struct acceptor_options {
    const char *listen;       /* valid for address_parse */
    size_t worker_count;      /* at least 1 */
    size_t max_connections;   /* open at once */
    size_t max_per_peer;      /* of these, for each peer (peers.h); 0: no limit */
    size_t send_buffer_bytes; /* of each connection's socket (socket(7), SO_SNDBUF) */
};

struct accepted {
    int socket;  /* non-blocking */
    size_t peer; /* for acceptor_leave */
};

/*
 * Listens. A Unix socket that nobody listens on any more is replaced.
 * Errors: INVALID (the address), IO (socket, bind, listen, pipe), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status acceptor_open(struct acceptor **out,
                                                 const struct acceptor_options *options,
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
 * Accepts a connection if a client is waiting. `*out` is set with ACCEPTOR_MINE, and the connection
 * then counts for its worker until acceptor_leave; and with ACCEPTOR_REFUSED, where only the socket
 * is the caller's and nothing counts.
 */
enum acceptor_result acceptor_take(struct acceptor *acceptor, size_t worker, struct accepted *out);

/* The next connection of the worker's inbox, which the caller owns from now on; false if there is none. */
bool acceptor_collect(struct acceptor *acceptor, size_t worker, struct accepted *out);

/* To be called when a connection of the worker has ended. */
void acceptor_leave(struct acceptor *acceptor, size_t worker, size_t peer);

/* The number of open connections, those in inboxes included. Threads: any. */
size_t acceptor_open_count(const struct acceptor *acceptor);

/*
 * Has the system queue no new connections, so that the queue can be emptied and nobody who was told
 * that the connection is established loses it. TCP: the listening socket drops segments that came
 * over a hop or began with fewer than 255 (IP_MINTTL, ip(7), meant for RFC 5082), which all do; a
 * client tries again after a second, and is then refused or has reached another server. A Unix
 * socket: its file is removed, and clients are refused at once. Returns whether the system has
 * allowed it.
 */
bool acceptor_stop_queueing(struct acceptor *acceptor);

/* Whether a connection waits to be accepted. */
bool acceptor_has_waiting(const struct acceptor *acceptor);

/* Removes the file of a Unix socket; nobody can connect any more. NULL is allowed. */
void acceptor_remove_file(struct acceptor *acceptor);

/* Closes the listening socket; no worker watches it any more. */
void acceptor_close_listener(struct acceptor *acceptor);

#endif
