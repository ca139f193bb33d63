/*
 * The single corruptions. Each changes image [28][28] row-major, 0 to 1, in place; the caller
 * clamps what it leaves outside that range. `rng` is drawn from in a fixed order. Where MNIST-C's
 * published program calls a library, sampling and borders are those of that library: affine maps as
 * in scikit-image 0.15, Gaussians as in SciPy (truncated at four deviations), motion blur as in
 * ImageMagick 6.
 *
 * Threads: any, each with its own rng.
 */
#ifndef TRAINER_EVAL_MNIST_C_KINDS_H
#define TRAINER_EVAL_MNIST_C_KINDS_H

#include <digit/image.h>

#include "trainer/base/rng.h"

/* noise.c */

/* Photon noise: each pixel becomes Poisson(3 * pixel) / 3. Draws for pixels above 0 only. */
void corrupt_shot_noise(float image[DIGIT_PIXELS], struct rng *rng);
/* Salt and pepper: 17 % of the pixels become 1 or 0 with equal probability. */
void corrupt_impulse_noise(float image[DIGIT_PIXELS], struct rng *rng);

/* blur.c */

/* A Gaussian of 0.7 px, two passes that swap neighbours, and the Gaussian again. The Gaussian runs
 * along columns only, as in the published program, whose library takes the last axis of a
 * grey-level image for colours. */
void corrupt_glass_blur(float image[DIGIT_PIXELS], struct rng *rng);
/* A one-sided trail of 21 pixels, weighted by half a Gaussian of 3 px, at -45 to 45 degrees. */
void corrupt_motion_blur(float image[DIGIT_PIXELS], struct rng *rng);

/* geometry.c: about the centre, bilinear, background beyond the border */

/* Sheared by 0.4 radians in either direction. */
void corrupt_shear(float image[DIGIT_PIXELS], struct rng *rng);
/* Reduced to 0.7 of its size. Draws nothing. */
void corrupt_scale(float image[DIGIT_PIXELS], struct rng *rng);
/* Rotated by 0.4 radians in either direction. */
void corrupt_rotate(float image[DIGIT_PIXELS], struct rng *rng);
/* Shifted by 3 px in either direction on both axes. */
void corrupt_translate(float image[DIGIT_PIXELS], struct rng *rng);

/* weather.c */

/* 0.5 is added. Draws nothing. */
void corrupt_brightness(float image[DIGIT_PIXELS], struct rng *rng);
/* With a plasma fractal from 0 to 1, whose roughness falls by a factor of 1.4 per octave, and m the
 * brightest pixel: (image + 3 * plasma) * m / (m + 3). Needs 256 KiB of stack. */
void corrupt_fog(float image[DIGIT_PIXELS], struct rng *rng);
/* Mud: a dark grey with soft edges covers the image where smoothed noise is high. */
void corrupt_spatter(float image[DIGIT_PIXELS], struct rng *rng);

/* lines.c */

/* The seven columns at either side are inverted. Draws nothing. */
void corrupt_stripe(float image[DIGIT_PIXELS], struct rng *rng);
/* A line from the left to the right edge, of which two columns in four are drawn. */
void corrupt_dotted_line(float image[DIGIT_PIXELS], struct rng *rng);
/* A zigzag line from column 2 to 25; each tooth is 4 px long and 2 px high to either side. */
void corrupt_zigzag(float image[DIGIT_PIXELS], struct rng *rng);

/* edges.c */

/* Canny's edge detector (1986): 0 or 1; Gaussian of 1 px, thresholds 0.1 and 0.2. Draws nothing. */
void corrupt_canny_edges(float image[DIGIT_PIXELS], struct rng *rng);

#endif
