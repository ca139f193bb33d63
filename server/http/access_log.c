#include "server/http/access_log.h"

#include "server/config/config.h"
#include "server/observe/log.h"

void access_log_write(const struct config *config, const struct access *access)
{
    if (!config->access_log)
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
