/*
 * GET /metrics for Prometheus.
 * Threads: any worker.
 */
#ifndef SERVER_ENDPOINTS_METRICS_H
#define SERVER_ENDPOINTS_METRICS_H

#include "server/http/reply.h"
#include "server/http/request.h"

/* 200 with the exposition that metrics_write makes. */
void endpoint_metrics(struct reply *out, const struct request *request);

#endif
