/*
 * A network as plain loops in double precision over NCHW, as its formulas are written: the second
 * way to compute what core/ and trainer/ compute. Slow, and without dropout, which has to be 0 or
 * left out by inference.
 */
#ifndef TESTS_SUPPORT_REFERENCE_H
#define TESTS_SUPPORT_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>

#include "core/network/architecture.h"

/*
 * logits: [images][DIGIT_CLASSES]; parameters as parameter_table_init lays them out; in: [images]
 * [28][28], normalised. `training`: batch normalisation by the batch's statistics.
 */
void reference_forward(double *logits, const struct architecture *architecture,
                       const double *parameters, const double *in, size_t images, bool training);

/* The mean cross-entropy of logits with labels smoothed towards uniform by `smoothing`. */
double reference_loss(const double *logits, const uint8_t *labels, size_t images, double smoothing);

#endif
