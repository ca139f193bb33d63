/*
 * What a network needs to compute in whole numbers: how large the activations behind each of its
 * convolutions become, seen on training images, and how pixels become its input.
 */
#ifndef CORE_NETWORK_QUANTISATION_H
#define CORE_NETWORK_QUANTISATION_H

#include <stddef.h>

#include <digit/model.h>
#include <digit/status.h>

#include "core/network/architecture.h"

struct quantisation {
    size_t count;                          /* convolutions and dense layers but the last */
    float ranges[ARCHITECTURE_MAX_LAYERS]; /* of each, above 0: what is larger is cut off */
    float mean, deviation;                 /* input = (pixel - mean) / deviation, pixel 0 to 1 */
};

/*
 * Measures the ranges of `model`, which computes in floats, on pixels [count][28][28], 0 to 1: the
 * largest activation of each. Errors: NO_MEMORY, UNSUPPORTED (`model` computes in whole numbers).
 */
DIGIT_MUST_CHECK enum digit_status quantisation_measure(struct quantisation *out,
                                                        const struct digit_model *model,
                                                        const float *pixels, size_t count,
                                                        struct digit_error *error);

/*
 * The ranges as a model file has them, {"ranges": [...]}, which the caller frees with cJSON_free; NULL
 * without memory. Threads: any.
 */
char *quantisation_format(const struct quantisation *quantisation);

#endif
