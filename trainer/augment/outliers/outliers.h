/*
 * Outliers: images that show no digit, from which a network learns to be unsure (outlier exposure:
 * Hendrycks, Mazeika and Dietterich 2019, arXiv:1812.04606). Scribbles, letters, parts of digits,
 * silhouettes, textures and plain areas, all drawn at random.
 *
 *     struct rng rng = rng_make(seed, RNG_OUTLIER, epoch * count + index);
 *     if (rng_uniform(&rng) < settings.probability)
 *         written = outlier_draw(image, &digits, &rng);
 *
 * Threads: any, each with its own rng; the result depends on the arguments alone.
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

/* Number of kinds of outliers, and the name of each: "letter". */
size_t outlier_kind_count(void);
const char *outlier_kind_name(size_t kind);

/*
 * Draws an outlier of a random kind into out [28][28], 0 to 255. Returns whether it is strokes,
 * MNIST-normalised (trainer/augment/mnist_normalisation.h), which may be warped like a digit.
 */
bool outlier_draw(uint8_t out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng);

/* As outlier_draw, but of a given kind, below outlier_kind_count(). */
bool outlier_draw_kind(uint8_t out[DIGIT_PIXELS], size_t kind, const struct outlier_digits *digits,
                       struct rng *rng);

#endif
