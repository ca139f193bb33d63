/*
 * The handlers that requests are counted by.
 */
#ifndef SERVER_OBSERVE_METRICS_HANDLER_H
#define SERVER_OBSERVE_METRICS_HANDLER_H

/* The values of the label `handler`; paths without a route share METRICS_OTHER. */
enum metrics_handler {
    METRICS_PREDICT,
    METRICS_HEALTH,
    METRICS_LIVEZ,
    METRICS_READYZ,
    METRICS_METRICS,
    METRICS_OPENAPI,
    METRICS_RELOAD,
    METRICS_OTHER,
};
#define METRICS_HANDLERS 8

#endif
