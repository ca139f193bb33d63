#include "core/number/score.h"

#include "core/number/weights.h"

static double product(const double *features, const float *weights, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += features[i] * (double)weights[i];
    return sum;
}

/* The product with the bias that follows the weights. */
static double biased(const double *features, const float *weights, size_t count)
{
    return product(features, weights, count) + (double)weights[count];
}

static double rectified(double sum)
{
    return sum > 0 ? sum : 0;
}

void score_candidate(float out[DIGIT_CLASSES], const struct features_context *context,
                     const struct candidate *candidate, const struct digit_prediction *prediction,
                     bool shared)
{
    double features[CANDIDATE_FEATURES];
    double of_class[CLASS_FEATURES];
    double hidden[WEIGHTS_CANDIDATE_HIDDEN];
    features_of_candidate(features, context, candidate, prediction, shared);
    for (size_t i = 0; i < WEIGHTS_CANDIDATE_HIDDEN; i++)
        hidden[i] = rectified(biased(features, weights_candidate_hidden[i], CANDIDATE_FEATURES));
    double common = product(features, weights_candidate, CANDIDATE_FEATURES);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        features_of_class(of_class, candidate, prediction, i);
        out[i] = (float)(common + product(of_class, weights_class, CLASS_FEATURES) +
                         biased(hidden, weights_candidate_digits[i], WEIGHTS_CANDIDATE_HIDDEN));
    }
}

float score_drop(const struct features_context *context, size_t piece,
                 const struct digit_prediction *alone)
{
    double features[DROP_FEATURES];
    double hidden[WEIGHTS_DROP_HIDDEN];
    features_of_drop(features, context, piece, alone);
    for (size_t i = 0; i < WEIGHTS_DROP_HIDDEN; i++)
        hidden[i] = rectified(biased(features, weights_drop_hidden[i], DROP_FEATURES));
    return (float)(product(features, weights_drop, DROP_FEATURES) +
                   biased(hidden, weights_drop_sum, WEIGHTS_DROP_HIDDEN));
}
