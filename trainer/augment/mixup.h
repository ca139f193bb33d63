/*
 * Mixup: blends of two training images (Zhang, Cisse, Dauphin and Lopez-Paz 2018, arXiv:1710.09412,
 * with alpha 1). They lie between the digits of the data set, where a student network imitates its
 * teachers best if it was trained on their predictions there.
 *
 *     if (mixup_draw(&mixup, &settings->mixup, strength, count, &rng))
 *         mixup_images(image, other, mixup.share);
 *
 * Threads: any, each with its own rng; the results depend on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_MIXUP_H
#define TRAINER_AUGMENT_MIXUP_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

struct mixup_settings {
    float probability; /* that an image is blended with another, 0 to 1 */
};

struct mixup {
    uint32_t other; /* index of the other image */
    float share;    /* its weight in the blend, 0 to 0.5 */
};

/*
 * Draws whether an image is blended, and if so, with which of `count` (1 or more) images, itself
 * included, and how much of it. `strength` scales the probability. Returns false, with `out`
 * undefined, if the image is not blended.
 */
bool mixup_draw(struct mixup *out, const struct mixup_settings *ranges, float strength,
                uint32_t count, struct rng *rng);

/* image [28][28] = (1 - share) * image + share * other. */
void mixup_images(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS], float share);

#endif
