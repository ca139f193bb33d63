/*
 * Explanation of a prediction: an occlusion heat map of the pixels that support it.
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
 * Occlusion (Zeiler and Fergus 2014, arXiv:1311.2901): squares of 4x4 pixels, 2 pixels apart, are set to
 * background one at a time, and the prediction is repeated for each:
 *
 *     map[pixel] = mean over the squares s that cover the pixel of (log_odds - log_odds with s occluded)
 *     log_odds = log(p / (1 - p)), in nats, of the probability p of `digit`
 *
 * map, [28][28], is above 0 where the foreground supports the digit, below 0 where it contradicts it. It
 * shows the effect of removing foreground, not of foreground that is missing; occluding background has no
 * effect. Costs 169 + 1 inferences. pixels: [28][28], 0 to 1. Threads: as the context. Errors: as
 * digit_context_predict; `map` is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status digit_explain(struct digit_context *context,
                                                 float map[DIGIT_PIXELS],
                                                 const float pixels[DIGIT_PIXELS], size_t digit,
                                                 struct digit_error *error);

#endif
