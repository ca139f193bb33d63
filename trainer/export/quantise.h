/*
 * Ranges for whole numbers (core/network/quantisation.h), measured on training images.
 */
#ifndef TRAINER_EXPORT_QUANTISE_H
#define TRAINER_EXPORT_QUANTISE_H

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/quantisation.h"
#include "trainer/data/idx.h"

/* The most images that are looked at: the first ones. */
#define QUANTISE_IMAGES 4096

/*
 * Measures the ranges of a network with those parameters [table->total] on the first images of
 * `train`, as they are. Errors: those of model_create and quantisation_measure.
 */
DIGIT_MUST_CHECK enum digit_status quantise(struct quantisation *out,
                                            const struct architecture *architecture,
                                            const float *parameters, const struct dataset *train,
                                            struct digit_error *error);

/*
 * Reads the model file at `path`, measures, and writes it anew with the ranges, whole or not at all;
 * all else in it stays. Errors: those of digit_model_load, model_file_rewrite and quantise.
 */
DIGIT_MUST_CHECK enum digit_status quantise_file(const char *path, const struct dataset *train,
                                                 struct digit_error *error);

#endif
