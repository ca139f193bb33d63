/*
 * Which pixels spoke for an answer.
 *
 *     float map[DIGIT_PIXELS];
 *     status = digit_explain(context, map, pixels, answer.digit, &error);
 */
#ifndef DIGIT_EXPLAIN_H
#define DIGIT_EXPLAIN_H

#include <stddef.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/status.h>

/*
 * Occlusion (Zeiler and Fergus 2014, arXiv:1311.2901): squares of 4x4 pixels, 2 pixels apart, are made
 * ground one after the other, and the model asked again. map [28][28] holds for each pixel by how much
 * the log-odds of `digit`, log(p / (1 - p)) in nats, fell on average under the squares that
 * cover it: above 0 its ink spoke for the digit, below 0 against it. It says what the answer would
 * be without that ink, and nothing of ink that is missing; squares of ground change nothing.
 * Costs 169 inferences. pixels: [28][28], 0 to 1. Threads: as digit_context_predict. Errors: as
 * digit_context_predict; `map` is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status digit_explain(struct digit_context *context,
                                                 float map[DIGIT_PIXELS],
                                                 const float pixels[DIGIT_PIXELS], size_t digit,
                                                 struct digit_error *error);

#endif
