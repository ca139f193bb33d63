/*
 * A worker without a thread, for tests of what a worker does with its connections: it has settings,
 * metrics and a log that the test can read, but no predictor, lane or event loop.
 */
#ifndef TESTS_SUPPORT_HTTP_WORKER_H
#define TESTS_SUPPORT_HTTP_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/http/service.h"
#include "server/http/settings.h"
#include "server/http/worker.h"

struct http_worker {
    struct service service;
    struct settings settings; /* small limits; see http_worker.c */
    struct worker worker;
    int log; /* a descriptor with what has been logged */
};

/* Sets up the worker with the log at level debug. The test fails if that is impossible. */
void http_worker_init(struct http_worker *out);

/* Frees what the worker has; the log goes to standard output again. */
void http_worker_release(struct http_worker *worker);

/* The value of a series of the metrics, named as in an exposition: "digitd_http_timeouts_total{kind=\"idle\"}". */
double http_worker_metric(const struct http_worker *worker, const char *series);

/* What has been logged since the last call, as a string of at most `size` - 1 bytes. */
void http_worker_log(struct http_worker *worker, char *out, size_t size);

/* Both ends of a connection: non-blocking sockets, either TCP on 127.0.0.1 or a pair of Unix sockets. */
void http_worker_connect(int ends[2], bool tcp);

/* All that comes from the socket until its end or until nothing comes for `silence_ms`; returns its size. */
size_t http_worker_read(int socket, char *out, size_t size, int silence_ms);

#endif
