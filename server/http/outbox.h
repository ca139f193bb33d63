/*
 * Answers that are held back in their sockets until the thread has looked at all its connections, and
 * then sent one after the other: a client that waits for several of them is woken once. Waking a
 * processor that sleeps costs more than half of what an answer takes.
 *
 *     outbox_hold(outbox, socket);       before each answer is handed to the socket
 *     outbox_release(outbox);            after a round over the connections
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
    size_t held;    /* sockets */
    size_t answers; /* of this round, held or not */
    bool busy;      /* the last round had more than one */
};

/*
 * Corks the TCP socket (tcp(7), TCP_CORK), so that what is written to it waits. Not if the last round
 * had one answer, as then there is nothing to wait for, nor if the outbox is full.
 */
void outbox_hold(struct outbox *outbox, int socket);

/*
 * Ends a round: what is held goes out. A socket that has been closed since needs nothing, as closing
 * sends what waits; its number may have passed to another one, to which this does nothing.
 */
void outbox_release(struct outbox *outbox);

#endif
