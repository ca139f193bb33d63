/*
 * What the metrics show that is fixed when the server starts.
 */
#ifndef SERVER_OBSERVE_METRICS_OPTIONS_H
#define SERVER_OBSERVE_METRICS_OPTIONS_H

#include <stddef.h>

#define METRICS_MAX_PROBLEMS 64

/* One value of digitd_limit. */
struct metrics_limit {
    const char *name;
    double value;
};

/* Arrays and strings are borrowed until metrics_destroy. */
struct metrics_options {
    size_t workers; /* at least 1 */
    size_t picture_threads;
    size_t max_connections;
    const char *const *problems; /* [problem_count]: codes of the problems */
    size_t problem_count;        /* at most METRICS_MAX_PROBLEMS */
};

#endif
