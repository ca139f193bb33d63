/*
 * The pictures one by one. Each draws into out [28][28], which is all ground (0); light that it leaves
 * outside 0 to 1 is cut off. What is drawn comes from `rng` in a fixed order. None allocates.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_KINDS_H
#define TRAINER_AUGMENT_OUTLIERS_KINDS_H

#include <digit/image.h>

#include "trainer/augment/outliers/outlier_digits.h"
#include "trainer/base/rng.h"

typedef void outlier_function(float out[DIGIT_PIXELS], const struct outlier_digits *digits,
                              struct rng *rng);

/* In MNIST's form. */

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

/* Up to all of the image. */

/* silhouettes.c */
outlier_function outlier_silhouette;

/* noise.c */
outlier_function outlier_noise;

/* plain.c */
outlier_function outlier_plain;

#endif
