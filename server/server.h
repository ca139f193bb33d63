/*
 * The HTTP server: libmicrohttpd, a thread for each worker, every request run where it arrives.
 *
 *     status = server_start(&server, &service, &error);
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
 * Opens the listening socket of service->config->listen, makes `worker_count` (at least 1) workers
 * and begins to answer. `service` outlives the server, which the caller ends with
 * server_drain_and_stop. SIGPIPE must be ignored and every other signal blocked by then, because
 * the workers' threads inherit the mask.
 * Errors: INVALID (listen address), IO (cannot listen, cannot start threads), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status server_start(struct server **out, struct service *service,
                                                size_t worker_count, struct digit_error *error);

/* The port that is listened on: the one that the system chose if the address said 0. */
uint16_t server_port(const struct server *server);

/*
 * Sets service->draining (readyz says 503, replies close their connection), takes no new
 * connections, waits until no request is in flight but at most config->drain_timeout_ms, closes
 * what is left and frees the server. Returns true if nothing was cut off.
 */
bool server_drain_and_stop(struct server *server);

/* The version of libmicrohttpd that runs, "0.9.75". Threads: any. */
const char *server_library_version(void);

#endif
