/*
 * How many connections each peer has: an IPv4 address, or the /64 network of an IPv6 address, which
 * one customer usually has as a whole. Peers at a Unix socket are one peer.
 *
 *     peers_create(&peers, max_connections, max_per_peer, &error);
 *     if (!peers_enter(peers, &address, &peer)) ...the peer has its share
 *     peers_leave(peers, peer);
 *     peers_destroy(peers);
 *
 * Threads: any.
 */
#ifndef SERVER_HTTP_PEERS_H
#define SERVER_HTTP_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include <digit/status.h>

struct peers;

/*
 * Makes room for `max_connections` connections, of which each peer may have `max_per_peer`; 0 means
 * no limit. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status peers_create(struct peers **out, size_t max_connections,
                                                size_t max_per_peer, struct digit_error *error);

/* NULL is allowed. */
void peers_destroy(struct peers *peers);

/*
 * Counts one more connection of the peer and sets `*peer`, to be given to peers_leave. False, and
 * nothing is counted, if it has as many as it may have.
 */
DIGIT_MUST_CHECK bool peers_enter(struct peers *peers, const struct sockaddr_storage *address,
                                  size_t *peer);

void peers_leave(struct peers *peers, size_t peer);

#endif
