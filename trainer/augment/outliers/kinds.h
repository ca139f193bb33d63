/*
 * The single kinds of outliers. Each draws into out [28][28], which is all background (0) before;
 * the caller clamps pixels that it leaves outside 0 to 1. Parameters are drawn from `rng` in a
 * fixed order. None of them allocates.
 *
 * Threads: any, each with its own rng.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_KINDS_H
#define TRAINER_AUGMENT_OUTLIERS_KINDS_H

#include <digit/image.h>

#include "trainer/augment/outliers/outlier_digits.h"
#include "trainer/base/rng.h"

typedef void outlier_function(float out[DIGIT_PIXELS], const struct outlier_digits *digits,
                              struct rng *rng);

/* MNIST-normalised strokes. */

/* scribbles.c */
outlier_function outlier_scribble;

/* figures.c */
outlier_function outlier_figure;

/* letters.c */
outlier_function outlier_letter;

/* parts.c */
outlier_function outlier_half;
outlier_function outlier_pair;
outlier_function outlier_jigsaw;

/* Not normalised: these may fill the whole image. */

/* silhouettes.c */
outlier_function outlier_silhouette;

/* noise.c */
outlier_function outlier_noise;

/* plain.c */
outlier_function outlier_plain;

#endif
