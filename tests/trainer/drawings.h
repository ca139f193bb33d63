/*
 * Simple images [28][28], 0 to 1, for which changes can be computed by hand, and measurements of
 * images.
 */
#ifndef TESTS_TRAINER_DRAWINGS_H
#define TESTS_TRAINER_DRAWINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/image.h>

void drawing_fill(float out[DIGIT_PIXELS], float value);

/* A black image with one lit pixel. */
void drawing_dot(float out[DIGIT_PIXELS], size_t x, size_t y);

/* A black image with a lit rectangle from (left, top) to (right, bottom), both inclusive. */
void drawing_box(float out[DIGIT_PIXELS], size_t left, size_t top, size_t right, size_t bottom);

/* A digit: a thick seven with soft edges. */
void drawing_seven(float out[DIGIT_PIXELS]);

double drawing_sum(const float image[DIGIT_PIXELS]);

/* The centre of mass, relative to the centre of the image. */
void drawing_centre(double *x, double *y, const float image[DIGIT_PIXELS]);

bool drawing_is_same(const float a[DIGIT_PIXELS], const float b[DIGIT_PIXELS]);

#endif
