/*
 * Two images laid over each other, which lie where no digit does: there a network follows its teachers
 * most closely if it has seen what they say (mixup: Zhang, Cisse, Dauphin and Lopez-Paz 2018,
 * arXiv:1710.09412, with alpha 1).
 *
 *     if (mixup_draw(&mixup, &settings->mixup, strength, count, &rng))
 *         mixup_images(image, other, mixup.share);
 *
 * Threads: any, each with an rng of its own; the results depend on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_MIXUP_H
#define TRAINER_AUGMENT_MIXUP_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

struct mixup_settings {
    float probability; /* that an image is mixed with another, 0 to 1 */
};

struct mixup {
    uint32_t other; /* which image is mixed in */
    float share;    /* that it has, 0 to 0.5 */
};

/*
 * Draws what an image is mixed with, the other one among `count` (1 or more), which may be itself;
 * `strength` scales the probability. False, with `out` undefined, if by chance it stays as it is.
 */
bool mixup_draw(struct mixup *out, const struct mixup_settings *ranges, float strength,
                uint32_t count, struct rng *rng);

/* image [28][28] = (1 - share) * image + share * other. */
void mixup_images(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS], float share);

#endif
