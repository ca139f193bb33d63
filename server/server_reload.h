/*
 * Where a reload reads the configuration from.
 */
#ifndef SERVER_SERVER_RELOAD_H
#define SERVER_SERVER_RELOAD_H

#include <digit/status.h>

struct config;

/* Reads the configuration again from where it came from at the start. */
struct server_reload {
    enum digit_status (*read)(void *cls, struct config *out, struct digit_error *error);
    void *cls;
};

#endif
