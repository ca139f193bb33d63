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

void prediction_set_digit(struct digit_prediction *prediction, size_t digit)
{
    float others = 0.0f;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        others += i != digit ? prediction->probabilities[i] : 0.0f;
    prediction->digit = digit;
    prediction->confidence = prediction->probabilities[digit];
    prediction->uncertainty = others;
}

size_t prediction_likeliest(const struct digit_prediction *prediction, size_t except)
{
    const float *probabilities = prediction->probabilities;
    size_t best = DIGIT_CLASSES;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        if (i != except && (best == DIGIT_CLASSES || probabilities[i] > probabilities[best]))
            best = i;
    return best;
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
    prediction_set_digit(out, out->digit);
    out->uncertain = out->uncertainty > calibration->uncertain_above;
    return true;
}
