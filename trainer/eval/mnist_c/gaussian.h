/*
 * Gaussian smoothing of a 28x28 image as in SciPy: the kernel is sampled at whole pixels, truncated
 * at four deviations and scaled to a sum of 1:
 *
 *     weight[k] = exp(-k^2 / (2 deviation^2)) / sum, |k| <= 4 deviation + 0.5
 *
 * Threads: any.
 */
#ifndef TRAINER_EVAL_MNIST_C_GAUSSIAN_H
#define TRAINER_EVAL_MNIST_C_GAUSSIAN_H

#include <digit/image.h>

#define GAUSSIAN_MAX_DEVIATION_PX 2.0f

/* What lies beyond the border: the nearest pixel, or zeros. */
enum gaussian_border { GAUSSIAN_NEAREST, GAUSSIAN_ZEROS };

/* Smooths image [28][28] in place, along columns only or along columns and rows; deviation_px up to
 * GAUSSIAN_MAX_DEVIATION_PX. */
void gaussian_columns(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border);
void gaussian_both(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border);

#endif
