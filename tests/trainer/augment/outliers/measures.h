/*
 * Draws outliers and measures them. Failures end the cmocka test.
 */
#ifndef TESTS_TRAINER_AUGMENT_OUTLIERS_MEASURES_H
#define TESTS_TRAINER_AUGMENT_OUTLIERS_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/base/rng.h"

/* Random numbers for image `index`. */
struct rng generator(uint64_t index);

/* Draws image `index` of a kind and clamps it to 0 to 1. Fails unless every pixel is finite. */
void draw(float out[DIGIT_PIXELS], outlier_function *kind, const struct outlier_digits *digits,
          uint64_t index);

/* Rows or columns from the first to the last with a pixel of 1/255 or more. */
size_t height_of(const float image[DIGIT_PIXELS]);
size_t width_of(const float image[DIGIT_PIXELS]);

/* Number of pixels of 0.5 or more. */
size_t area_of(const float image[DIGIT_PIXELS]);

/* Fails unless the longer side is 18 to 20 px and the centre of mass is where MNIST's are, unless
 * the edges of the image prevented that. */
void assert_normalised(const float image[DIGIT_PIXELS]);

/* Draws 500 images of a kind. Fails unless all are MNIST-normalised, no two in a row are the same,
 * and each has an area of `least_area` or more. */
void assert_strokes(outlier_function *kind, const struct outlier_digits *digits, size_t least_area);

#endif
