/*
 * GET /metrics for Prometheus.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_METRICS_H
#define SERVER_ENDPOINTS_METRICS_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 and the exposition of server/metrics.h. */
void endpoint_metrics(struct reply *out, const struct request *request);

#endif
