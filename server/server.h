/*
 * The running server: the workers and their event loops, the lane for costly requests, the listening
 * sockets, and how all of it starts, reloads and stops.
 *
 *     status = server_start(&server, settings, &reload, &error);
 *     settings = server_hold_settings(server);
 *     server_release_settings(server);
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

/* The same of the admin listener; 0 if there is none, or if it is a Unix socket. */
uint16_t server_admin_port(const struct server *server);

/* The most connections that are open at once. */
size_t server_max_connections(const struct server *server);

/*
 * The settings in force. They stay until server_release_settings; a reload waits for that. Threads:
 * none of the server's.
 */
const struct settings *server_hold_settings(struct server *server);
void server_release_settings(struct server *server);

/*
 * Reads configuration and model again, checks them and has all threads change to them. On any error
 * the settings in force stay. Logs what became of it. Waits while another reload is running, and for
 * each thread until it has answered the request that it is at.
 * Errors: those of the configuration and the model; INVALID (a key has changed that takes a
 * restart); IO (the server is stopping); NO_MEMORY. Threads: none of the server's.
 */
DIGIT_MUST_CHECK enum digit_status server_reload(struct server *server, struct digit_error *error);

/*
 * The same, for the server's own threads: does not wait for another reload, which may be waiting for
 * this thread. Errors: also IO (another reload is running). Threads: the admin's.
 */
DIGIT_MUST_CHECK enum digit_status server_try_reload(struct server *server,
                                                     struct digit_error *error);

/*
 * Lets the requests in flight finish, in this order:
 * 1. /readyz answers 503, answers close their connections; for drain_delay_ms all is served;
 * 2. connections that wait to be accepted are accepted, and the listening socket is closed;
 *    connections that have been idle for a second are closed, the others after their answer.
 * No reload begins any more. Returns when no connection is left, or drain_timeout_ms after the delay.
 * False, which is logged, if connections are left: a thread may be busy for long, and server_stop
 * would wait for it.
 */
bool server_drain(struct server *server);

/* Ends all threads and connections and frees the server. */
void server_stop(struct server *server);

#endif
