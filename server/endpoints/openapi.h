/*
 * GET /openapi.yaml: the file at the repository's root, as it was when this binary was built.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_OPENAPI_H
#define SERVER_ENDPOINTS_OPENAPI_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 with the file (application/yaml, RFC 9512) and its ETag, or 304 to a client that has it. */
void endpoint_openapi(struct reply *out, const struct request *request);

#endif
