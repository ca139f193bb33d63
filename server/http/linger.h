/*
 * Sockets of connections that were closed before all of the client's bytes were read. Closing a
 * socket with unread bytes resets the connection, and the client may lose the answer with it. So
 * the last bytes are read and discarded until the client closes or the time is over (RFC 9112
 * section 9.6).
 *
 *     linger_init(&linger, set);
 *     linger_take(&linger, socket);         before libmicrohttpd closes it
 *     linger_discard(lingering);            when its source is ready
 *     linger_check(&linger);                now and then
 *     linger_release(&linger);
 *
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_LINGER_H
#define SERVER_HTTP_LINGER_H

#include <stddef.h>

#include "server/http/source.h"

/* Sockets that linger at once, for each worker; the oldest is closed for another one. */
#define LINGERING_MAX 32

/* How long one socket lingers without a byte from the client, and how long in all. */
#define LINGER_SILENCE_S 2
#define LINGER_TOTAL_S   30

struct linger_list;

struct lingering {
    struct source source;
    struct linger_list *list;
    int socket; /* -1: free */
    double begun_s;
    double received_s; /* when the last bytes came */
};

struct linger_list {
    size_t count; /* of those that linger */
    int set;      /* the event loop's epoll descriptor; borrowed */
    struct lingering sockets[LINGERING_MAX];
};

void linger_init(struct linger_list *out, int set);

/*
 * Duplicates `socket`, which the caller closes, and watches the duplicate in the epoll set. If that
 * fails, the socket does not linger.
 */
void linger_take(struct linger_list *linger, int socket);

/* Discards what has come; closes the duplicate at the end of the stream. */
void linger_discard(struct lingering *lingering);

/* Closes the sockets whose time is over. */
void linger_check(struct linger_list *linger);

/* How many sockets linger. */
size_t linger_count(const struct linger_list *linger);

/* Closes all sockets. */
void linger_release(struct linger_list *linger);

#endif
