/*
 * `digitd --healthcheck`: asks the server that runs beside it whether it is ready, for images that
 * hold no shell and no curl.
 */
#ifndef SERVER_HEALTHCHECK_H
#define SERVER_HEALTHCHECK_H

#include <stddef.h>

#include <digit/status.h>

/*
 * Connects to `listen` (as address_parse takes it; a wildcard means loopback) and asks for /readyz,
 * which must answer 200 within timeout_ms, connecting included.
 * Errors: INVALID (the address, or port 0), IO (no connection, no answer in time, another answer).
 */
DIGIT_MUST_CHECK enum digit_status healthcheck(const char *listen, size_t timeout_ms,
                                               struct digit_error *error);

#endif
