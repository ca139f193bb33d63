/*
 * Starts and stops the HTTP server: one thread for each worker.
 *
 *     status = server_start(&server, &service, worker_count, &error);
 *     ... wait for a signal ...
 *     server_drain_and_stop(server);
 *
 * Threads: start and stop from one thread; the workers' threads are the server's own.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

struct server;
struct service;

/*
 * Listens on service->config->listen, makes `worker_count` (at least 1) workers and starts to
 * answer requests. `service` outlives the server, which the caller ends with server_drain_and_stop.
 * By then SIGPIPE must be ignored and every other signal blocked, because the workers' threads
 * inherit the mask.
 * Errors: INVALID (listen address), IO (cannot listen, cannot start threads), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status server_start(struct server **out, struct service *service,
                                                size_t worker_count, struct digit_error *error);

/* The port that is listened on: the one that the system chose if the address has port 0. */
uint16_t server_port(const struct server *server);

/*
 * Sets service->draining (/readyz answers 503, replies close their connections), accepts no further
 * connections, waits until no request is in flight but at most config->drain_timeout_ms, closes the
 * connections that are left and frees the server. Returns true if no request was cut off.
 */
bool server_drain_and_stop(struct server *server);

#endif
