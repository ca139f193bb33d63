/*
 * File descriptors: whether the process may open as many as its connections need.
 * Threads: one, at start-up.
 */
#ifndef SERVER_DESCRIPTORS_H
#define SERVER_DESCRIPTORS_H

#include <stddef.h>

#include <digit/status.h>

/* Connections to the admin listener. */
#define ADMIN_CONNECTIONS_MAX 64

struct config;

/* What the descriptor limit (getrlimit(2), RLIMIT_NOFILE) leaves for a server. */
struct descriptors {
    size_t max_connections; /* the configuration's, or as many as the limit allows */
    size_t limit;           /* no descriptor has this number or a higher one */
};

/*
 * Raises or lowers the process's soft limit to what `config` needs. `workers` and
 * `picture_threads` of the configuration are resolved.
 * Errors: LIMIT (the hard limit is too low; the message says for what and how to change it), IO.
 */
DIGIT_MUST_CHECK enum digit_status descriptors_reserve(struct descriptors *out,
                                                       const struct config *config,
                                                       struct digit_error *error);

#endif
