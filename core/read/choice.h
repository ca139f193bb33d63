/*
 * The choice between hypotheses, once the network has predicted all of them.
 *
 *     weight of hypothesis h = prior(h) * confidence(h)^CHOICE_EXPONENT, normalised over all
 *     probability of digit d = sum over h of weight(h) * probability of d under h
 *
 * A network that was trained with outliers is unsure of anything but a digit, so a hypothesis under which the
 * foreground is no digit has little weight. Two sure hypotheses that disagree make the answer uncertain.
 * Threads: any.
 */
#ifndef CORE_READ_CHOICE_H
#define CORE_READ_CHOICE_H

#include <stddef.h>

#include <digit/context.h>

#include "core/read/hypotheses.h"

struct choice {
    float weights[HYPOTHESES_MAX];      /* of each hypothesis; their sum is 1 */
    struct digit_prediction prediction; /* the probabilities over all hypotheses */
    /* Index of the one with the largest weight among those that read this digit. */
    size_t hypothesis;
    size_t second_digit; /* the second most probable; DIGIT_CLASSES if there was one hypothesis */
    /* Likewise; that with the largest probability of that digit if none reads it. */
    size_t second_hypothesis;
    float second_confidence; /* its probability */
};

/*
 * predictions: one for each hypothesis. An answer with an uncertainty above `uncertain_above` is uncertain. With one
 * hypothesis its prediction is the answer, to the bit.
 */
void choice_make(struct choice *out, const struct hypotheses *hypotheses,
                 const struct digit_prediction *predictions, float uncertain_above);

#endif
