/*
 * One image's logits in, its answer out.
 */
#ifndef CORE_NETWORK_PREDICTION_H
#define CORE_NETWORK_PREDICTION_H

#include <stdbool.h>

#include <digit/context.h>

#include "core/network/calibration.h"

/*
 * Makes the answer for logits [DIGIT_CLASSES]: the digit is that of the largest, the first of equal
 * ones, whatever the temperature; probabilities are softmax(logits / temperature) (Guo et al. 2017,
 * arXiv:1706.04599). Threads: any. False, and `out` unspecified, if a logit is not finite.
 */
DIGIT_MUST_CHECK bool prediction_make(struct digit_prediction *out, const float *logits,
                                      const struct model_calibration *calibration);

#endif
