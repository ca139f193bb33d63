/*
 * GET /metrics for Prometheus.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_METRICS_H
#define SERVER_ENDPOINTS_METRICS_H

#include "server/http/reply.h"
#include "server/http/request.h"

/*
 * 200 with the exposition that metrics_write makes: in OpenMetrics 1.0 if Accept prefers it to the
 * text format 0.0.4, which is also what a client gets that accepts neither.
 */
void endpoint_metrics(struct reply *out, const struct request *request);

#endif
