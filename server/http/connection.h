/*
 * One client's connection: what has come of its current request, and since when.
 *
 * A connection belongs to one worker, whose thread is the only one that touches it. libmicrohttpd
 * reads and writes its socket; connection_receive sees every byte before libmicrohttpd does.
 */
#ifndef SERVER_HTTP_CONNECTION_H
#define SERVER_HTTP_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "server/format/http_framing.h"
#include "server/http/source.h"

struct exchange;
struct worker;

enum connection_phase {
    CONNECTION_IDLE,   /* no byte of a request has come since the last answer */
    CONNECTION_HEAD,   /* a request's head is coming */
    CONNECTION_BODY,   /* a request's body is coming */
    CONNECTION_ANSWER, /* a whole request has come and is not answered */
};

struct connection {
    struct source source;               /* in the event loop's epoll set, for EPOLLRDHUP */
    int socket;                         /* libmicrohttpd's */
    struct connection *previous, *next; /* in the worker's list */
    struct connection *next_half_closed;
    struct worker *worker; /* borrowed */
    struct http_framing framing;
    size_t received;           /* requests that have come as a whole */
    size_t answered;           /* requests whose answer libmicrohttpd has completed */
    double begun_s;            /* first byte of the current request; see connection_receive */
    double head_ended_s;       /* last byte of its head */
    double received_s;         /* last byte of it */
    double idle_since_s;       /* the beginning of the connection, or the last completed answer */
    struct exchange *exchange; /* the request that libmicrohttpd has begun; NULL if there is none */
    size_t peer;               /* where the acceptor counts the peer's connections */
    bool half_closed;          /* the peer has ended its stream */
    bool ended;                /* the socket is shut down; libmicrohttpd closes it next */
    bool refused;              /* an answer was written past libmicrohttpd: nothing more is read */
};

/* Sets up the connection of `socket`; `limits` outlives it. */
void connection_init(struct connection *out, struct worker *worker, int socket,
                     const struct http_limits *limits);

enum connection_phase connection_phase(const struct connection *connection);

/*
 * Has the framing read `bytes` [size], which have just come from the socket, and removes what it
 * ignores from them. Returns the number of bytes that libmicrohttpd may have: all that are left,
 * or, after a violation, those of the requests before the one that violates.
 * Sets begun_s, head_ended_s and received_s as bytes come. A pipelined request, whose bytes come
 * while another one is being answered, begins when that answer is completed.
 */
size_t connection_receive(struct connection *connection, unsigned char *bytes, size_t size);

/* To be called when libmicrohttpd has completed an answer. */
void connection_note_answered(struct connection *connection);

#endif
