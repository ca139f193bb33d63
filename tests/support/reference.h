/*
 * A network as plain loops in double precision over NCHW, written like its formulas: an independent
 * implementation of what core/ and trainer/ compute. It is slow and has no dropout.
 */
#ifndef TESTS_SUPPORT_REFERENCE_H
#define TESTS_SUPPORT_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>

#include "core/network/architecture.h"

/*
 * logits: [images][DIGIT_CLASSES]; parameters in the order of parameter_table_init; in:
 * [images][28][28], normalised. `training`: batch normalisation uses the statistics of the batch.
 */
void reference_forward(double *logits, const struct architecture *architecture,
                       const double *parameters, const double *in, size_t images, bool training);

/* The mean cross-entropy of logits with label smoothing. */
double reference_loss(const double *logits, const uint8_t *labels, size_t images, double smoothing);

#endif
