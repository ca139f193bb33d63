/*
 * Makes the settings that a server runs with: reads the model that a configuration names, and has it
 * repeat the golden digits of its file before anybody else can ask it.
 * Threads: any.
 */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <digit/status.h>

#include "server/http/settings.h"

/* The caller owns `*out`. Errors: those of digit_model_load and digit_model_self_test. */
DIGIT_MUST_CHECK enum digit_status
settings_create(struct settings **out, const struct config *config, struct digit_error *error);

/* No thread uses them any more. NULL is allowed. */
void settings_destroy(struct settings *settings);

#endif
