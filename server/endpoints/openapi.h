/*
 * GET /openapi.yaml: the API description, as it was at the repository's root when this binary was
 * built.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_OPENAPI_H
#define SERVER_ENDPOINTS_OPENAPI_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 with the file (application/yaml, RFC 9512) and its ETag, or 304 if the client has it. */
void endpoint_openapi(struct reply *out, const struct request *request);

#endif
