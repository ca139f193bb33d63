/*
 * How the server reads its configuration again when it reloads.
 */
#ifndef SERVER_SERVER_RELOAD_H
#define SERVER_SERVER_RELOAD_H

#include <digit/status.h>

struct config;

/*
 * `read` reads the configuration from where it came from at the start; `workers` and
 * `picture_threads` are resolved. Errors: those of the configuration. Threads: any, one at a time.
 */
struct server_reload {
    enum digit_status (*read)(void *cls, struct config *out, struct digit_error *error);
    void *cls;
};

#endif
