/*
 * The ids of requests.
 * Threads: the worker's.
 */
#ifndef SERVER_HTTP_REQUEST_ID_H
#define SERVER_HTTP_REQUEST_ID_H

#include "server/http/request.h"

struct worker;

/*
 * The id that the client offers in X-Request-ID, if it is [A-Za-z0-9._-]{1,128}; else one that no
 * other worker or process makes. `offered` may be NULL.
 */
void request_id_choose(char out[REQUEST_ID_BYTES], const char *offered, struct worker *worker);

#endif
