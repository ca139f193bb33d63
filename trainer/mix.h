/*
 * Two images laid over each other, which lie where no digit does: there a network follows its teachers
 * most closely if it has seen what they say (mixup: Zhang, Cisse, Dauphin and Lopez-Paz 2018,
 * arXiv:1710.09412, with alpha 1).
 *
 *     if (mix_draw(&mixture, &settings->mix, strength, count, &rng))
 *         mix_images(image, other, mixture.share);
 *
 * Threads: any, each with an rng of its own; the results depend on the arguments alone.
 */
#ifndef TRAINER_MIX_H
#define TRAINER_MIX_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/rng.h"

struct mix_ranges {
    float probability; /* that an image is mixed with another, 0 to 1 */
};

struct mixture {
    uint32_t other; /* which image is mixed in */
    float share;    /* that it has, 0 to 0.5 */
};

/*
 * Draws what an image is mixed with, the other one among `count` (1 or more), which may be itself;
 * `strength` scales the probability. False, with `out` undefined, if by chance it stays as it is.
 */
bool mix_draw(struct mixture *out, const struct mix_ranges *ranges, float strength, uint32_t count,
              struct rng *rng);

/* image [28][28] = (1 - share) * image + share * other. */
void mix_images(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS], float share);

#endif
