/*
 * What core/network/ and the trainer know of a model beyond <digit/model.h>: how it is created, calibrated
 * and saved.
 */
#ifndef CORE_NETWORK_MODEL_H
#define CORE_NETWORK_MODEL_H

#include <digit/model.h>

#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/golden.h"
#include "core/network/model_preprocessing.h"
#include "core/network/parameters.h"
#include "core/network/quantisation.h"
#include "core/weights/safetensors.h"

#define MODEL_LABEL_MAX_LENGTH 63 /* bytes; a label has at least 1 */

/* Keys of a model file's metadata. The last three are optional and can be added later. */
#define MODEL_KEY_ARCHITECTURE  "architecture"
#define MODEL_KEY_LABELS        "labels"
#define MODEL_KEY_PREPROCESSING "preprocessing"
#define MODEL_KEY_TRAINING      "training"
#define MODEL_KEY_QUANTISATION  "quantisation"
#define MODEL_KEY_CALIBRATION   "calibration"
#define MODEL_KEY_GOLDEN        "golden"

/* The metadata of a model file. Strings are borrowed and never NULL. */
struct model_card {
    const char *labels[DIGIT_CLASSES];
    struct model_preprocessing preprocessing;
    const char *training; /* JSON object: settings, seed, checksum of the data, measured accuracy */
    const struct quantisation *quantisation;     /* NULL: none */
    const struct model_calibration *calibration; /* NULL: none */
    const struct golden *golden;                 /* NULL: none */
};

/*
 * Makes a model from an architecture and parameters in memory, [table->total] in the order of its parameter
 * table; both are copied. Labels are "0" to "9"; the model is not calibrated and
 * has no golden digits. `quantisation`: activation
 * ranges, NULL for none; `options` NULL: float32 with the fastest kernels. The caller destroys the model.
 * Errors: INVALID (a non-finite value, a negative running variance), UNSUPPORTED (as digit_model_load),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
model_create(struct digit_model **out, const struct architecture *architecture,
             const float *parameters, const struct model_preprocessing *preprocessing,
             const struct quantisation *quantisation, const struct digit_model_options *options,
             struct digit_error *error);

/*
 * digit_model_load for a file that was parsed, and whose metadata may have been changed since; `path` names it
 * in messages. The model has no SHA-256 and version: both are "". Errors: as digit_model_load, without IO.
 */
DIGIT_MUST_CHECK enum digit_status
model_load_tensors(struct digit_model **out, const struct safetensors *file, const char *path,
                   const struct digit_model_options *options, struct digit_error *error);

/* Replaces the calibration of `model`, before it is shared with other threads. Threads: one. */
void model_calibrate(struct digit_model *model, const struct model_calibration *calibration);

/*
 * Writes architecture, parameters [table->total] and card as a safetensors file, whole or not at all.
 * Errors: IO, LIMIT (the metadata are larger than safetensors_parse accepts), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
model_save(const char *path, const struct architecture *architecture, const float *parameters,
           const struct model_card *card, struct digit_error *error);

#endif
