/*
 * What makes a network's probabilities mean what they say, and from where on its answers count as
 * uncertain (core/network/calibration.h): both are fitted on the training images that were held out.
 */
#ifndef TRAINER_EXPORT_CALIBRATE_H
#define TRAINER_EXPORT_CALIBRATE_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/quantisation.h"
#include "trainer/data/idx.h"

/* The share of the images held out that are to be uncertain, rounded to whole images, at least one. */
#define CALIBRATE_UNCERTAIN_SHARE 0.003

/*
 * Calibrates a network with those parameters [table->total], in the precision that it has with
 * `quantisation` where nothing else is asked for, on the `held_out` images of `train` that a
 * training holds out (trainer/data/split.h), as they are; held_out is 1 to train->count.
 *
 * The temperature is that of the lowest mean negative log-likelihood of the labels (Guo et al. 2017,
 * arXiv:1706.04599). It is convex in 1 / temperature, so that its slope has one change of sign, which
 * is found by halving the interval of log(temperature) from MODEL_TEMPERATURE_LEAST to
 * MODEL_TEMPERATURE_MOST. The threshold then lies halfway between the least uncertain image of the
 * CALIBRATE_UNCERTAIN_SHARE most uncertain ones and the next. One thread; the same images give the
 * same bits.
 *
 * Errors: those of model_create; UNSUPPORTED (the lowest loss is at no temperature in that interval:
 * with every image read as its label says, each lower one is better), INVALID (logits that are not
 * finite), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
calibrate(struct model_calibration *out, const struct architecture *architecture,
          const float *parameters, const struct quantisation *quantisation,
          const struct dataset *train, size_t held_out, struct digit_error *error);

/*
 * Reads the model file at `path`, calibrates it on the images that its training held out, and writes
 * it anew with what came of it, whole or not at all; all else in it stays. Errors: those of
 * digit_model_load, training_card_validation_count, calibrate and model_file_rewrite.
 */
DIGIT_MUST_CHECK enum digit_status calibrate_file(const char *path, const struct dataset *train,
                                                  struct digit_error *error);

#endif
