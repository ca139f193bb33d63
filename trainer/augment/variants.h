/*
 * Variants of handwriting that MNIST lacks, as its writers were American: ones with a flag and
 * sevens with a bar through the stem, as most of Europe writes them.
 *
 *     if (variant_image(variant, image, label, &settings->variants, strength, &rng))
 *         ... train on `variant` instead of `image`
 *
 * Threads: any, each with its own rng; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_H
#define TRAINER_AUGMENT_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

/* Probabilities are from 0 to 1; with all of them 0 no image is changed. */
struct variant_settings {
    float flag_probability; /* that a one gets a stroke from its top end down to the left */
    float bar_probability;  /* that a seven gets a short bar across its stem */
};

/*
 * Draws the European variant of the digit `label` in image [28][28] and normalises it as MNIST's
 * digits are (trainer/augment/mnist_normalisation.h). `strength` scales the probabilities. Returns
 * false, with `out` undefined, if there is no variant: by chance, because the label has none, or
 * because the image is not suitable (no clear stem, a bar already, or a one that leans so far that
 * a flag would make it look like a seven).
 */
bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *ranges, float strength, struct rng *rng);

#endif
