/*
 * The single distortions. Each changes image [28][28] row-major, 0 to 1, in place; the caller
 * clamps what it leaves outside that range. Parameters are drawn from `rng` in a fixed order,
 * within the ranges of distort_ranges.h. None of them allocates. Beyond the edges lies background
 * (0).
 *
 * Threads: any, each with its own rng.
 */
#ifndef TRAINER_AUGMENT_DISTORT_KINDS_H
#define TRAINER_AUGMENT_DISTORT_KINDS_H

#include <digit/image.h>

#include "trainer/augment/distort/distort_ranges.h"
#include "trainer/base/rng.h"

typedef void distort_function(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                              struct rng *rng);

/* stroke.c */
distort_function distort_stroke;
distort_function distort_marker;
distort_function distort_outline;

/* shapes.c */
distort_function distort_box;
distort_function distort_blobs;

/* lines.c */
distort_function distort_lines;
distort_function distort_ruled;

/* blur.c */
distort_function distort_shuffle;
distort_function distort_motion;
distort_function distort_defocus;
distort_function distort_blur;

/* resolution.c */
distort_function distort_resolution;

/* background.c */
distort_function distort_contrast;
distort_function distort_fog;
distort_function distort_inverted;

/* noise.c */
distort_function distort_impulse;
distort_function distort_grain;
distort_function distort_noise;

#endif
