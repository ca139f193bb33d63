#include "core/network/prediction.h"

#include <math.h>

#include "core/layers/softmax.h"

/* The index of the largest logit; DIGIT_CLASSES if any logit is not finite. */
static size_t find_digit(const float *logits)
{
    size_t digit = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        if (!isfinite(logits[i]))
            return DIGIT_CLASSES;
        digit = logits[i] > logits[digit] ? i : digit;
    }
    return digit;
}

/*
 * The sum of all probabilities but the largest, 0 to 1. It equals 1 - confidence, but that difference would
 * have no significant digits for very certain predictions.
 */
static float measure_uncertainty(const struct digit_prediction *prediction)
{
    float others = 0.0f;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        others += i != prediction->digit ? prediction->probabilities[i] : 0.0f;
    return others;
}

bool prediction_make(struct digit_prediction *out, const float *logits,
                     const struct model_calibration *calibration)
{
    out->digit = find_digit(logits);
    if (out->digit == DIGIT_CLASSES)
        return false;
    float largest = logits[out->digit];
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        out->probabilities[i] = (logits[i] - largest) / calibration->temperature;
    softmax_forward(out->probabilities, out->probabilities, DIGIT_CLASSES);
    out->confidence = out->probabilities[out->digit];
    out->uncertainty = measure_uncertainty(out);
    out->uncertain = out->uncertainty > calibration->uncertain_above;
    return true;
}
