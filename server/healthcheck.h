/*
 * `digitd --healthcheck`: asks a running server on this machine whether it is ready, for container
 * images that have no shell and no curl.
 */
#ifndef SERVER_HEALTHCHECK_H
#define SERVER_HEALTHCHECK_H

#include <stddef.h>

#include <digit/status.h>

/*
 * Connects to `listen` (a text for address_parse; a wildcard means loopback) and requests /readyz,
 * which must answer 200 within timeout_ms, including the time to connect.
 * Errors: INVALID (the address, or port 0), IO (no connection, no answer in time, any other
 * answer).
 */
DIGIT_MUST_CHECK enum digit_status healthcheck(const char *listen, size_t timeout_ms,
                                               struct digit_error *error);

#endif
