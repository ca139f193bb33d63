/*
 * Scores: what the fitted weights (weights.h) make of features. Differences of scores are logarithms of odds.
 * Threads: any.
 */
#ifndef CORE_NUMBER_SCORE_H
#define CORE_NUMBER_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/context.h>
#include <digit/model.h>

#include "core/number/candidates.h"
#include "core/number/features.h"

/* The scores of a candidate as each digit; `shared` as in features_of_candidate. */
void score_candidate(float out[DIGIT_CLASSES], const struct features_context *context,
                     const struct candidate *candidate, const struct digit_prediction *prediction,
                     bool shared);

/* The score of leaving out a piece; `alone` as in features_of_drop. */
float score_drop(const struct features_context *context, size_t piece,
                 const struct digit_prediction *alone);

#endif
