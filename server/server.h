/*
 * The running server: the workers and their event loops, the lane for costly requests, the listening
 * sockets, and how all of it starts, reloads and stops.
 *
 *     status = server_start(&server, settings, &reload, &error);
 *     status = server_reload(server, &error);
 *     bool whole = server_drain(server);
 *     server_stop(server);
 *
 * Threads: one, unless a comment says otherwise.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/server_reload.h"

struct server;
struct settings;

/*
 * Listens and serves. Takes over `settings`, whose configuration has `workers` and
 * `picture_threads` resolved, also if it fails.
 * Errors: INVALID (an address), IO (a socket, a thread), LIMIT (file descriptors), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status server_start(struct server **out, struct settings *settings,
                                                const struct server_reload *reload,
                                                struct digit_error *error);

/* The port that is listened on: the one that the system chose if the address has port 0. */
uint16_t server_port(const struct server *server);

/* The most connections that are open at once. */
size_t server_max_connections(const struct server *server);

/* Calls `read` with the settings in force, which no reload replaces meanwhile. Threads: any. */
void server_read_settings(struct server *server,
                          void (*read)(void *cls, const struct settings *settings), void *cls);

/*
 * Reads configuration and model again, checks them and has all threads change to them. On any error
 * the settings in force stay.
 * Errors: those of the configuration and the model; INVALID (a key has changed that takes a
 * restart); IO (another reload is running); NO_MEMORY. Threads: any.
 */
DIGIT_MUST_CHECK enum digit_status server_reload(struct server *server, struct digit_error *error);

/*
 * Lets the requests in flight finish, in this order:
 * 1. /readyz answers 503, answers close their connections; for drain_delay_ms all is served;
 * 2. connections that wait to be accepted are accepted, and the listening socket is closed;
 * 3. connections that have been idle for a second are closed, the others after their answer.
 * Returns when no connection is left, or drain_timeout_ms after the delay. False if connections are
 * left.
 */
bool server_drain(struct server *server);

/* Ends all threads and connections and frees the server. */
void server_stop(struct server *server);

#endif
