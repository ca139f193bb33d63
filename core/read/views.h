/*
 * Views of a 28x28 image: the same digit turned, widened and narrowed a little. The mean of the network's predictions
 * over them is better than one prediction where that is not sure (test-time augmentation).
 *
 * Threads: any.
 */
#ifndef CORE_READ_VIEWS_H
#define CORE_READ_VIEWS_H

#include <stdint.h>

#include <digit/context.h>
#include <digit/image.h>

#define VIEWS_COUNT 4

/*
 * Writes the views of octets [28][28]: turned by 8 degrees either way, an eighth narrower, a ninth wider and a
 * twentieth higher; resampled bilinearly about the middle, black beyond the edges. Integers only: every machine gives
 * the same bytes.
 */
void views_make(uint8_t out[VIEWS_COUNT][DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS]);

/*
 * Replaces the probabilities of `prediction` by the mean over itself, which counts twice, and `views` [VIEWS_COUNT];
 * digit, confidence and uncertainty follow, `uncertain` stays.
 */
void views_average(struct digit_prediction *prediction, const struct digit_prediction *views);

#endif
