/*
 * GET /health for people; /livez and /readyz, named as in Kubernetes, for what restarts the server
 * and routes requests to it.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_HEALTH_H
#define SERVER_ENDPOINTS_HEALTH_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 with a JSON object: status "ok" or "draining", model, version, uptime_seconds, workers. */
void endpoint_health(struct reply *out, const struct request *request);

/* 200 as long as a worker can answer. With ?verbose the body lists the checks. */
void endpoint_livez(struct reply *out, const struct request *request);

/* 200 while the server accepts requests, 503 once it is stopping. ?verbose as above. */
void endpoint_readyz(struct reply *out, const struct request *request);

#endif
