#include "core/read/choice.h"

#include <math.h>

#include "core/network/prediction.h"

/* Fitted by research/priors together with the priors. */
#define CHOICE_EXPONENT 4.00F

/* No hypothesis has a smaller confidence, up to rounding: that of ten equal probabilities. */
#define CONFIDENCE_MIN 0.1F

/* weights: [HYPOTHESES_MAX], normalised. */
static void weigh(float *weights, const struct hypotheses *hypotheses,
                  const struct digit_prediction *predictions)
{
    float highest = -INFINITY, sum = 0;
    for (size_t i = 0; i < hypotheses->count; i++) {
        float confidence = fmaxf(predictions[i].confidence, CONFIDENCE_MIN);
        weights[i] = hypotheses->items[i].log_prior + CHOICE_EXPONENT * logf(confidence);
        highest = fmaxf(highest, weights[i]);
    }
    for (size_t i = 0; i < hypotheses->count; i++) {
        weights[i] = expf(weights[i] - highest);
        sum += weights[i];
    }
    for (size_t i = 0; i < hypotheses->count; i++)
        weights[i] /= sum;
}

static void mix(struct digit_prediction *out, const float *weights, size_t count,
                const struct digit_prediction *predictions)
{
    for (size_t digit = 0; digit < DIGIT_CLASSES; digit++) {
        out->probabilities[digit] = 0;
        for (size_t i = 0; i < count; i++)
            out->probabilities[digit] += weights[i] * predictions[i].probabilities[digit];
    }
}

/* The hypothesis that gives `digit` the most of its probability. */
static size_t find_speaker(size_t digit, const float *weights, size_t count,
                           const struct digit_prediction *predictions)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (weights[i] * predictions[i].probabilities[digit] >
            weights[best] * predictions[best].probabilities[digit])
            best = i;
    return best;
}

void choice_make(struct choice *out, const struct hypotheses *hypotheses,
                 const struct digit_prediction *predictions, float uncertain_above)
{
    float *weights = out->weights;
    size_t count = hypotheses->count;
    *out = (struct choice){
        .prediction = predictions[0], .weights = {1}, .second_digit = DIGIT_CLASSES};
    if (count == 1)
        return;
    struct digit_prediction *prediction = &out->prediction;
    weigh(weights, hypotheses, predictions);
    mix(prediction, weights, count, predictions);
    prediction_set_digit(prediction, prediction_likeliest(prediction, DIGIT_CLASSES));
    prediction->uncertain = prediction->uncertainty > uncertain_above;
    out->hypothesis = find_speaker(prediction->digit, weights, count, predictions);
    out->second_digit = prediction_likeliest(prediction, prediction->digit);
    out->second_hypothesis = find_speaker(out->second_digit, weights, count, predictions);
    out->second_confidence = prediction->probabilities[out->second_digit];
}
