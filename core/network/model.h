/*
 * The inside of a model: what network/ and the trainer know beyond <digit/model.h>.
 */
#ifndef CORE_NETWORK_MODEL_H
#define CORE_NETWORK_MODEL_H

#include <digit/model.h>

#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/parameters.h"
#include "core/network/quantisation.h"

/* How a pixel from 0 to 1 becomes the network's input: (pixel - mean) / deviation. */
struct model_preprocessing {
    int version; /* DIGIT_PREPROCESSING_VERSION when it was trained */
    float mean;
    float deviation;
};

/* MNIST's training images: mean and standard deviation of all pixels, from 0 to 1. */
#define MODEL_MNIST_MEAN      0.1307f
#define MODEL_MNIST_DEVIATION 0.3081f

#define MODEL_LABEL_MAX_LENGTH 63 /* bytes; at least 1 */

/* Metadata that a model file may have or not, and that can be added to it later. */
#define MODEL_KEY_QUANTISATION "quantisation"
#define MODEL_KEY_CALIBRATION  "calibration"

/* What a model file says beside its tensors; strings borrowed, never NULL. */
struct model_card {
    const char *labels[DIGIT_CLASSES];
    struct model_preprocessing preprocessing;
    const char *training; /* JSON object: settings, seed, data checksum, measured accuracy */
    const struct quantisation *quantisation;     /* NULL: none */
    const struct model_calibration *calibration; /* NULL: none */
};

/*
 * Makes a model from parameters in memory, [table->total] in the architecture's order, as for a
 * file; both are copied. Labels are "0" to "9". `quantisation` is what a file with ranges would have,
 * NULL for none; `options` NULL is the fastest kernels, in floats. It is not calibrated. The caller destroys it. Errors:
 * INVALID (non-finite values, a running variance below zero), UNSUPPORTED (as of digit_model_load),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
model_create(struct digit_model **out, const struct architecture *architecture,
             const float *parameters, const struct model_preprocessing *preprocessing,
             const struct quantisation *quantisation, const struct digit_model_options *options,
             struct digit_error *error);

/*
 * Gives `model` another calibration, before anybody else knows of it: it is not immutable until
 * then. Threads: one.
 */
void model_calibrate(struct digit_model *model, const struct model_calibration *calibration);

/*
 * Writes architecture, parameters [table->total] and card as safetensors, whole or not at all.
 * Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
model_save(const char *path, const struct architecture *architecture, const float *parameters,
           const struct model_card *card, struct digit_error *error);

#endif
