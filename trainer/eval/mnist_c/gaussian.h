/*
 * Gaussian smoothing of a 28x28 image by SciPy's rules: the kernel is sampled at whole pixels, cut
 * off at four deviations and scaled to a sum of 1.
 */
#ifndef TRAINER_EVAL_MNIST_C_GAUSSIAN_H
#define TRAINER_EVAL_MNIST_C_GAUSSIAN_H

#include <digit/image.h>

#define GAUSSIAN_MAX_DEVIATION_PX 2.0f

/* What lies beyond the edges: the nearest pixel, or zeros. */
enum gaussian_border { GAUSSIAN_NEAREST, GAUSSIAN_ZEROS };

/* Smooths image [28][28] in place, along columns or both ways; deviation_px up to
 * GAUSSIAN_MAX_DEVIATION_PX. */
void gaussian_columns(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border);
void gaussian_both(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border);

#endif
