/*
 * Writes an architecture as JSON.
 */
#ifndef CORE_NETWORK_ARCHITECTURE_FORMAT_H
#define CORE_NETWORK_ARCHITECTURE_FORMAT_H

#include <digit/status.h>

#include "core/network/architecture.h"

/*
 * Formats the architecture as compact JSON, which architecture_parse reads back to the same architecture. The
 * caller frees *out with cJSON_free. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
architecture_format(char **out, const struct architecture *architecture, struct digit_error *error);

#endif
