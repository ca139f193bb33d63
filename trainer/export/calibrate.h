/*
 * Calibration (core/network/calibration.h) on the validation images: the temperature that makes a
 * network's probabilities match its accuracy, and the threshold above which a prediction is
 * uncertain.
 */
#ifndef TRAINER_EXPORT_CALIBRATE_H
#define TRAINER_EXPORT_CALIBRATE_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/quantisation.h"
#include "trainer/data/idx.h"

/* Share of the validation images whose predictions are to be uncertain; rounded to at least one
 * image. */
#define CALIBRATE_UNCERTAIN_SHARE 0.003

/*
 * Calibrates a network with parameters [table->total], in the precision in which a model with
 * `quantisation` runs by default, on the `validation_count` (1 to train->count) validation images
 * of `train` (trainer/data/split.h), without augmentation.
 *
 * The temperature T minimises the mean negative log-likelihood of the labels (Guo et al. 2017,
 * arXiv:1706.04599):
 *
 *     loss(T) = mean over images of -log(softmax(logits / T)[label])
 *
 * The loss is convex in 1 / T, so its derivative changes sign once; bisection of log(T) from
 * MODEL_TEMPERATURE_LEAST to MODEL_TEMPERATURE_MOST finds where. With the images' uncertainties u
 * sorted in descending order, the threshold is
 *
 *     (u[k - 1] + u[k]) / 2,     k = max(1, round(CALIBRATE_UNCERTAIN_SHARE * validation_count))
 *
 * Uses the calling thread only; the same images give the same result to the bit.
 *
 * Errors: those of model_create; UNSUPPORTED (the loss has no minimum in that interval; if all
 * images are classified correctly, every lower T is better), INVALID (logits that are not finite),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
calibrate(struct model_calibration *out, const struct architecture *architecture,
          const float *parameters, const struct quantisation *quantisation,
          const struct dataset *train, size_t validation_count, struct digit_error *error);

/*
 * Calibrates the model file at `path` on the validation images of its training, and replaces its
 * calibration and its golden digits (trainer/export/golden_record.h). The file is replaced
 * atomically; the rest of its contents does not change. Errors: those of digit_model_load,
 * training_card_validation_count, calibrate and golden_record_file.
 */
DIGIT_MUST_CHECK enum digit_status calibrate_file(const char *path, const struct dataset *train,
                                                  struct digit_error *error);

#endif
