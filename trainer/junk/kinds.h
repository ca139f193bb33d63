/*
 * The pictures one by one. Each draws into out [28][28], which is all ground (0); light that it leaves
 * outside 0 to 1 is cut off. What is drawn comes from `rng` in a fixed order. None allocates.
 */
#ifndef TRAINER_JUNK_KINDS_H
#define TRAINER_JUNK_KINDS_H

#include "trainer/junk/junk.h"

typedef void junk_function(float out[DIGIT_PIXELS], const struct junk_digits *digits,
                           struct rng *rng);

/* In MNIST's form. */

/* scribbles.c */
junk_function junk_scribble;

/* figures.c */
junk_function junk_figure;

/* letters.c */
junk_function junk_letter;

/* parts.c */
junk_function junk_half;
junk_function junk_pair;
junk_function junk_jigsaw;

/* Up to all of the image. */

/* silhouettes.c */
junk_function junk_silhouette;

/* noise.c */
junk_function junk_noise;

/* plain.c */
junk_function junk_plain;

#endif
