/*
 * Ways to write digits that MNIST, which is American, lacks: ones with a flag, as most of Europe writes
 * them, and sevens with a bar through the stem.
 *
 *     if (variant_image(variant, image, label, &settings->variants, strength, &rng))
 *         ... variant is what to learn instead
 *
 * Threads: any, each with an rng of its own; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_H
#define TRAINER_AUGMENT_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

/* Probabilities are from 0 to 1; all zero leaves images as they are. */
struct variant_settings {
    float flag_probability; /* of ones: a stroke from the top end down to the left */
    float bar_probability;  /* of sevens: a short bar across the stem */
};

/*
 * Draws `image` [28][28] as it might be written elsewhere into out, in MNIST's form again
 * (trainer/augment/mnist_normalisation.h), `strength` scaling the probabilities. False, with `out` undefined, if it stays as
 * it is: by chance, because of its label, or because its stem cannot be told, has a bar or leans so
 * that a one would look like a seven.
 */
bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *ranges, float strength, struct rng *rng);

#endif
