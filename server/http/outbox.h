/*
 * Holds answers back in their sockets until the worker has served all its connections, then sends
 * them one after the other. A client that waits for several answers is woken once: waking a
 * sleeping processor costs more than half of the time that an answer takes.
 *
 *     outbox_hold(outbox, socket);       before each answer is written to its socket
 *     outbox_release(outbox);            after all connections have been served
 *
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_OUTBOX_H
#define SERVER_HTTP_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#define OUTBOX_SOCKETS 256

struct outbox {
    int sockets[OUTBOX_SOCKETS];
    size_t held;    /* number of sockets */
    size_t answers; /* in this round, held or not */
    bool busy;      /* the last round had more than one answer */
};

/*
 * Corks the TCP socket (tcp(7), TCP_CORK), so that data written to it waits. Does nothing if the
 * last round had at most one answer, because then there is nothing to wait for, or if the outbox is
 * full.
 */
void outbox_hold(struct outbox *outbox, int socket);

/*
 * Ends a round: uncorks the sockets, which sends the answers. A socket that was closed in the
 * meantime has sent its data when it was closed; if its number has passed to another socket,
 * uncorking that one has no effect.
 */
void outbox_release(struct outbox *outbox);

#endif
