/*
 * Activation ranges for int8 (core/network/quantisation.h), measured on training images.
 */
#ifndef TRAINER_EXPORT_QUANTISE_H
#define TRAINER_EXPORT_QUANTISE_H

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/quantisation.h"
#include "trainer/data/idx.h"

/* Maximum number of images to measure on: the first ones of the data set. */
#define QUANTISE_IMAGES 4096

/*
 * Measures the activation ranges of a network with parameters [table->total] on the first images of
 * `train`, without augmentation. Errors: those of model_create and quantisation_measure.
 */
DIGIT_MUST_CHECK enum digit_status quantise(struct quantisation *out,
                                            const struct architecture *architecture,
                                            const float *parameters, const struct dataset *train,
                                            struct digit_error *error);

/*
 * Measures the activation ranges of the model file at `path` and replaces those in the file, and
 * its golden digits (trainer/export/golden_record.h). The file is replaced atomically; the rest of
 * its contents does not change. Errors: those of digit_model_load, golden_record_file and quantise,
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status quantise_file(const char *path, const struct dataset *train,
                                                 struct digit_error *error);

#endif
