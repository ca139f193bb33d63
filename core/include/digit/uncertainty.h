/*
 * What the picture adds to the uncertainty of an answer. The network sees 28x28 pixels and knows
 * nothing of the picture that they come from: what preprocessing found there can make an answer
 * uncertain, however clear the digit that the network was given. digit_reader_read does it.
 *
 *     digit_prediction_apply_receipt(&prediction, &receipt);
 */
#ifndef DIGIT_UNCERTAINTY_H
#define DIGIT_UNCERTAINTY_H

#include <digit/context.h>
#include <digit/preprocess.h>

/* The least uncertainty of an answer if other digits stand beside the one that was recognised. */
#define DIGIT_SEVERAL_UNCERTAINTY 0.5f

/*
 * Sets `uncertainty` and `uncertain` of `prediction` by the warnings in the receipt of its picture:
 *
 *     BLANK                uncertainty = 1                                            uncertain
 *     SEVERAL_COMPONENTS   uncertainty = max(uncertainty, DIGIT_SEVERAL_UNCERTAINTY)  uncertain
 *     neither              unchanged
 *
 * If both are set, BLANK decides. Digit, confidence and probabilities stay as they are.
 * Threads: any, on different predictions.
 */
void digit_prediction_apply_receipt(struct digit_prediction *prediction,
                                    const struct digit_receipt *receipt);

#endif
