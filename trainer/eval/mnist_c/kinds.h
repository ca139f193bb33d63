/*
 * The corruptions one by one. Each changes image [28][28] row-major, 0 to 1, in place; what it
 * leaves outside that range is to be cut off. `rng` is drawn from in a fixed order. Where MNIST-C's
 * published program calls a library, that library's rules of sampling and borders hold: affine maps
 * as scikit-image 0.15, Gaussians as SciPy (cut off at four deviations), motion as ImageMagick 6.
 *
 * Threads: any, each with an rng of its own.
 */
#ifndef TRAINER_EVAL_MNIST_C_KINDS_H
#define TRAINER_EVAL_MNIST_C_KINDS_H

#include <digit/image.h>

#include "trainer/base/rng.h"

/* noise.c. Photons: Poisson of 3 times the pixel, divided by 3. Draws for pixels above 0 only. */
void corrupt_shot_noise(float image[DIGIT_PIXELS], struct rng *rng);
/* 17 % of the pixels become 1 or 0, as many of each. */
void corrupt_impulse_noise(float image[DIGIT_PIXELS], struct rng *rng);

/* blur.c. A Gaussian of 0.7 px, neighbours swapped in two passes, the Gaussian once more. It runs
 * along columns only, as the published program's does: its library takes the last axis of a grey
 * picture for colours. */
void corrupt_glass_blur(float image[DIGIT_PIXELS], struct rng *rng);
/* A trail of 21 pixels to one side, half a Gaussian of 3 px, at -45 to 45 degrees. */
void corrupt_motion_blur(float image[DIGIT_PIXELS], struct rng *rng);

/* geometry.c. About the centre, bilinear, ground beyond the edges. Sheared by 0.4 either way. */
void corrupt_shear(float image[DIGIT_PIXELS], struct rng *rng);
/* Shrunk to 0.7. Draws nothing. */
void corrupt_scale(float image[DIGIT_PIXELS], struct rng *rng);
/* Turned by 0.4 radians either way. */
void corrupt_rotate(float image[DIGIT_PIXELS], struct rng *rng);
/* Moved by 3 px either way on both axes. */
void corrupt_translate(float image[DIGIT_PIXELS], struct rng *rng);

/* weather.c. 0.5 added. Draws nothing. */
void corrupt_brightness(float image[DIGIT_PIXELS], struct rng *rng);
/* Thrice a plasma fractal from 0 to 1 added, whose roughness falls by 1.4 an octave, and all of it
 * scaled back. Takes 256 KiB of stack. */
void corrupt_fog(float image[DIGIT_PIXELS], struct rng *rng);
/* Mud: where smoothed noise is high, a dark grey with soft edges covers the image. */
void corrupt_spatter(float image[DIGIT_PIXELS], struct rng *rng);

/* lines.c. The seven columns at either side inverted. Draws nothing. */
void corrupt_stripe(float image[DIGIT_PIXELS], struct rng *rng);
/* A line from the left to the right edge, two columns of it shown, two not. */
void corrupt_dotted_line(float image[DIGIT_PIXELS], struct rng *rng);
/* A zigzag of 4 px a tooth and 2 px to both sides, from column 2 to 25. */
void corrupt_zigzag(float image[DIGIT_PIXELS], struct rng *rng);

/* edges.c. Canny's edges (1986), 0 or 1: deviation 1 px, thresholds 0.1 and 0.2. Draws nothing. */
void corrupt_canny_edges(float image[DIGIT_PIXELS], struct rng *rng);

#endif
