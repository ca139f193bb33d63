/*
 * GET /health for people, /livez and /readyz for whatever restarts and routes (Kubernetes' names).
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_HEALTH_H
#define SERVER_ENDPOINTS_HEALTH_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 and a JSON object: status "ok" or "draining", model, version, uptime_seconds, workers. */
void endpoint_health(struct reply *out, const struct request *request);

/* 200 as long as a worker can answer at all. With ?verbose the body lists what was looked at. */
void endpoint_livez(struct reply *out, const struct request *request);

/* 200 if requests are welcome, 503 once the server is stopping. ?verbose as above. */
void endpoint_readyz(struct reply *out, const struct request *request);

#endif
