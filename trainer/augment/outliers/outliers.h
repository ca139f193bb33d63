/*
 * Pictures that show no digit, for a network to learn to be unsure of (outlier exposure: Hendrycks,
 * Mazeika and Dietterich 2019, arXiv:1812.04606): scribbles, letters, parts of digits, silhouettes,
 * textures and plain areas, drawn anew each time.
 *
 *     struct rng rng = rng_make(seed, RNG_OUTLIER, epoch * count + index);
 *     if (rng_uniform(&rng) < settings.probability)
 *         written = outlier_draw(image, &digits, &rng);
 *
 * Threads: any, each with an rng of its own; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_OUTLIERS_H
#define TRAINER_AUGMENT_OUTLIERS_OUTLIERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/augment/outliers/outlier_digits.h"
#include "trainer/base/rng.h"

struct outlier_settings {
    float probability; /* that a sample is replaced by an outlier, 0 to 1 */
};

/* The kinds of pictures there are, and what each is called. */
size_t outlier_kinds(void);
const char *outlier_kind_name(size_t kind);

/*
 * Draws a picture of a random kind into out [28][28], 0 to 255. Returns whether it is of ink in MNIST's
 * form (trainer/augment/mnist_normalisation.h), so that it may be warped like a digit.
 */
bool outlier_draw(uint8_t out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng);

/* The same of one kind, below outlier_kinds(). */
bool outlier_draw_kind(uint8_t out[DIGIT_PIXELS], size_t kind, const struct outlier_digits *digits,
                       struct rng *rng);

#endif
