/*
 * Variants of handwriting that MNIST has not or hardly has, as its writers were American: ones with
 * a flag and sevens with a bar through the stem, as most of Europe writes them, zeros with a slash,
 * fours that are closed at the top.
 *
 *     if (variant_image(variant, image, label, &settings->variants, strength, &rng))
 *         ... train on `variant` instead of `image`
 *
 * Threads: any, each with its own rng; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_VARIANTS_H
#define TRAINER_AUGMENT_VARIANTS_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/augment/variants/variant_settings.h"
#include "trainer/base/rng.h"

/*
 * Draws the variant of the digit `label` in image [28][28] and normalises it as MNIST's digits are
 * (trainer/augment/mnist_normalisation.h). `strength` scales the probabilities. Returns false, with
 * `out` undefined, if there is no variant: by chance, because the label has none, or because the
 * image is not suitable: a one or a seven without a clear stem, a seven that has a bar already, a
 * one that leans so far that a flag would make it look like a seven, a narrow zero, a four whose
 * strokes are not found, or whose variant would not have one hole more or one less.
 */
bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *settings, float strength, struct rng *rng);

#endif
