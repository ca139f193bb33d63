#include "server/http/access_log.h"

#include <stdbool.h>

#include "server/config/config.h"
#include "server/observe/log.h"

/* What asks every few seconds whether the server is well. */
static bool is_probe(enum metrics_handler handler)
{
    switch (handler) {
    case METRICS_HEALTH:
    case METRICS_LIVEZ:
    case METRICS_READYZ:
    case METRICS_METRICS:
        return true;
    case METRICS_PREDICT:
    case METRICS_OPENAPI:
    case METRICS_RELOAD:
    case METRICS_OTHER:
    case METRICS_HANDLERS:
        break;
    }
    return false;
}

void access_log_write(const struct config *config, const struct access *access)
{
    if (!config->access_log || (is_probe(access->handler) && !config->access_log_probes))
        return;
    const char *problem =
        access->problem != PROBLEM_NONE ? problem_kind(access->problem)->slug : NULL;
    log_event(LOG_INFO, "request",
              LOG_FIELDS(log_text("request_id", access->request_id),
                         log_text("method", access->method), log_text("path", access->path),
                         log_size("status", access->status), log_text("problem", problem),
                         log_size("body_bytes", access->body_bytes),
                         log_number("seconds", access->seconds)));
}
