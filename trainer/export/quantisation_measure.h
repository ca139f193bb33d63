/*
 * Measures the activation ranges that a network needs to run in int8 (core/network/quantisation.h).
 */
#ifndef TRAINER_EXPORT_QUANTISATION_MEASURE_H
#define TRAINER_EXPORT_QUANTISATION_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>
#include <digit/status.h>

#include "core/network/quantisation.h"

/*
 * The range of each convolution and dense layer except the last is its largest activation, after ReLU, on
 * octets [count][28][28], 0 to 255, but at least QUANTISATION_RANGE_LEAST. `model` runs in float32.
 * Errors: NO_MEMORY, UNSUPPORTED (`model` runs in int8).
 */
DIGIT_MUST_CHECK enum digit_status quantisation_measure(struct quantisation *out,
                                                        const struct digit_model *model,
                                                        const uint8_t *octets, size_t count,
                                                        struct digit_error *error);

#endif
