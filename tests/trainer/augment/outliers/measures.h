/*
 * What pictures of no digit are measured by. Failures end the cmocka test.
 */
#ifndef TESTS_TRAINER_AUGMENT_OUTLIERS_MEASURES_H
#define TESTS_TRAINER_AUGMENT_OUTLIERS_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/base/rng.h"

/* The image's random numbers. */
struct rng generator(uint64_t index);

/* Draws image `index` of a kind on ground, cut off at 0 and 1; every pixel must be finite. */
void draw(float out[DIGIT_PIXELS], outlier_function *kind, const struct outlier_digits *digits,
          uint64_t index);

/* Rows or columns from the first to the last with light of 1/255 and more. */
size_t height_of(const float image[DIGIT_PIXELS]);
size_t width_of(const float image[DIGIT_PIXELS]);

/* Pixels of half the light and more. */
size_t area_of(const float image[DIGIT_PIXELS]);

/* Fails unless the longer side is 18 to 20 px, and the centre of mass where MNIST's are as far as the
 * edges let it. */
void assert_normalised(const float image[DIGIT_PIXELS]);

/* Images of a kind, each in form, no two the same, none with less ink than `least_area`. */
void assert_written(outlier_function *kind, const struct outlier_digits *digits, size_t least_area);

#endif
