/*
 * The ranges of activations that a network needs to run in int8: `quantisation` in a model file.
 */
#ifndef CORE_NETWORK_QUANTISATION_H
#define CORE_NETWORK_QUANTISATION_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include <digit/status.h>

#include "core/network/architecture.h"

/* The limits of a range. A range of 0 would give a scale of 0. */
#define QUANTISATION_RANGE_LEAST 1e-6f
#define QUANTISATION_RANGE_MOST  1e9f

struct quantisation {
    size_t count; /* number of convolutions and dense layers, less the last */
    /* Of each, the activation that becomes 255; larger ones are clamped. */
    float ranges[ARCHITECTURE_MAX_LAYERS];
    float mean, deviation; /* input = (pixel - mean) / deviation, pixel 0 to 1 */
};

/*
 * Reads {"ranges": [...]} into out->ranges and out->count; `count` ranges are required, and `where` names
 * the object in messages. Threads: any. Errors: INVALID (no object, an unknown key, another number of
 * ranges, a range outside the limits).
 */
DIGIT_MUST_CHECK enum digit_status quantisation_read(struct quantisation *out, const cJSON *json,
                                                     size_t count, const char *where,
                                                     struct digit_error *error);

/*
 * Formats the ranges as quantisation_read reads them back to the bit. The caller frees the text with
 * cJSON_free; NULL without memory. Threads: any.
 */
char *quantisation_format(const struct quantisation *quantisation);

#endif
