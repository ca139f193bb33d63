/*
 * What may have happened to a picture before it is read: a mixup of distortions for training,
 * each drawn on its own and applied to what the one before it left.
 *
 *     warp_image(image, pixels, &settings->augment, strength, &rng);
 *     distort_image(image, &settings->distort, strength, &rng);
 *
 * The fifteen corruptions that evaluate a model (trainer/eval/mnist_c/) are other functions with
 * other parameters, but a model that was trained with these has met of them
 *
 *     the same kind    impulse_noise, stripe, dotted_line; by the warp, weaker: shear, scale,
 *                      rotate, translate
 *     a relative       shot_noise (grain), glass_blur (shuffle, blur), motion_blur (motion),
 *                      brightness (contrast), fog (fog), spatter (blobs), zigzag (lines),
 *                      canny_edges (outline)
 *     nothing          none of them
 *
 * Threads: any, each with an rng of its own; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_DISTORT_DISTORT_H
#define TRAINER_AUGMENT_DISTORT_DISTORT_H

#include <digit/image.h>

#include "trainer/augment/distort/distort_ranges.h"
#include "trainer/base/rng.h"

/*
 * Distorts image [28][28] row-major, 0 to 1, in place; it stays from 0 to 1. `strength`, 0 to 1,
 * scales `probability`. Where that comes to 0, or no distortion is drawn, the image keeps every bit.
 */
void distort_image(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, float strength,
                   struct rng *rng);

#endif
