/*
 * The configuration and the model that are in force together. A reload makes new settings and swaps
 * them in between two requests of each thread (server/reload.c); a request keeps those that it
 * began its handler with.
 */
#ifndef SERVER_HTTP_SETTINGS_H
#define SERVER_HTTP_SETTINGS_H

#include <digit/model.h>

#include "server/config/config.h"

/* Immutable while any thread uses it. */
struct settings {
    struct config config;
    struct digit_model *model; /* owned */
    double model_load_s;       /* how long reading and checking the model took */
    double model_loaded_at_s;  /* when, in seconds since the Unix epoch */
};

#endif
