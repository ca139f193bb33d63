/*
 * The single variants. Each changes a digit of its label in image [28][28], 0 to 1, in place, and
 * returns whether it did; if not, the image may have been changed in part. Parameters are drawn
 * from `rng` in a fixed order. None of them allocates.
 *
 * Threads: any, each with its own rng.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_KINDS_H
#define TRAINER_AUGMENT_VARIANTS_KINDS_H

#include <stdbool.h>

#include <digit/image.h>

#include "trainer/augment/variants/variant_settings.h"
#include "trainer/base/rng.h"

typedef bool variant_function(float image[DIGIT_PIXELS], const struct variant_settings *settings,
                              struct rng *rng);

variant_function variant_slash; /* zeros.c: a slash through a zero */
variant_function variant_flag;  /* ones.c: a flag, and a base line on some */
variant_function variant_four;  /* fours.c: an open one is closed, a closed one opened */
variant_function variant_bar;   /* sevens.c: a bar through the stem */

#endif
