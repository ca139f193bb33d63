/*
 * Makes a prediction from the logits of one image.
 */
#ifndef CORE_NETWORK_PREDICTION_H
#define CORE_NETWORK_PREDICTION_H

#include <stdbool.h>

#include <digit/context.h>

#include "core/network/calibration.h"

/*
 * logits: [DIGIT_CLASSES]. The digit is the class with the largest logit, the first of equal ones, whatever the
 * temperature (Guo et al. 2017, arXiv:1706.04599):
 *
 *     probabilities = softmax(logits / temperature)
 *     uncertainty = sum of the probabilities of all other classes
 *
 * False, with `out` unspecified, if a logit is not finite. Threads: any.
 */
DIGIT_MUST_CHECK bool prediction_make(struct digit_prediction *out, const float *logits,
                                      const struct model_calibration *calibration);

/*
 * Makes `digit` the prediction's, and sets confidence and uncertainty by its probabilities; `uncertain` stays.
 * Uncertainty equals 1 - confidence, but that difference would have no significant digits for very certain
 * predictions. Threads: any.
 */
void prediction_set_digit(struct digit_prediction *prediction, size_t digit);

/* The class with the largest probability but `except`, the first of equal ones. DIGIT_CLASSES excepts none. */
size_t prediction_likeliest(const struct digit_prediction *prediction, size_t except);

#endif
