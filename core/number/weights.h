/*
 * The weights that make scores of features, fitted by research/fit-numbers on numbers made of MNIST's training images
 * (docs/recognition.md).
 */
#ifndef CORE_NUMBER_WEIGHTS_H
#define CORE_NUMBER_WEIGHTS_H

#include <digit/model.h>

#include "core/number/features.h"

#define WEIGHTS_CANDIDATE_HIDDEN 8
#define WEIGHTS_DROP_HIDDEN      4

/* Of a candidate: a layer of rectified sums, and from it and the features a score for each digit. The last weight of
 * each sum is its bias. */
extern const float weights_candidate_hidden[WEIGHTS_CANDIDATE_HIDDEN][CANDIDATE_FEATURES + 1];
extern const float weights_candidate_digits[DIGIT_CLASSES][WEIGHTS_CANDIDATE_HIDDEN + 1];
extern const float weights_candidate[CANDIDATE_FEATURES];
extern const float weights_class[CLASS_FEATURES];

/* The same for a piece that is dropped. */
extern const float weights_drop_hidden[WEIGHTS_DROP_HIDDEN][DROP_FEATURES + 1];
extern const float weights_drop_sum[WEIGHTS_DROP_HIDDEN + 1];
extern const float weights_drop[DROP_FEATURES];

#endif
