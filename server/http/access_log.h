/*
 * The line that the log gets for each request.
 * Threads: any.
 */
#ifndef SERVER_HTTP_ACCESS_LOG_H
#define SERVER_HTTP_ACCESS_LOG_H

#include <stddef.h>

#include "server/http/problem.h"
#include "server/observe/metrics_labels.h"

struct config;

struct access {
    const char *request_id;
    enum metrics_handler handler;
    const char *method; /* NULL if the request line did not come */
    const char *path;   /* as sent, without the query; NULL like the method */
    unsigned status;    /* 0 if the client left before it could be answered */
    enum problem problem;
    size_t body_bytes;
    double seconds;
};

/*
 * Writes the line, if `config` has access_log; for scrapes and probes only if it also has
 * access_log_probes.
 */
void access_log_write(const struct config *config, const struct access *access);

#endif
