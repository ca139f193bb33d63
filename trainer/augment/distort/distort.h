/*
 * Random distortions of training images, for robustness. Each is drawn independently and applied to
 * the result of the one before it.
 *
 *     warp_image(image, pixels, &settings->warp, strength, &rng);
 *     distort_image(image, &settings->distort, strength, &rng);
 *
 * The fifteen corruptions that a model is evaluated with (trainer/eval/mnist_c/) are other
 * functions with other parameters. A model that was trained with these distortions has nevertheless
 * seen
 *
 *     the same kind     impulse_noise, stripe, dotted_line; by the warp, weaker: shear, scale,
 *                       rotate, translate
 *     a similar kind    shot_noise (grain), glass_blur (shuffle, blur, defocus), motion_blur
 *                       (motion), brightness (contrast), fog (fog), spatter (blobs), zigzag
 *                       (lines), canny_edges (outline)
 *     nothing like it   none of the fifteen
 *
 * Threads: any, each with its own rng; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_DISTORT_DISTORT_H
#define TRAINER_AUGMENT_DISTORT_DISTORT_H

#include <digit/image.h>

#include "trainer/augment/distort/distort_ranges.h"
#include "trainer/base/rng.h"

/*
 * Distorts image [28][28] row-major, 0 to 1, in place; the result is from 0 to 1, too. `strength`,
 * 0 to 1, scales the probability that it is distorted at all. An image that is not distorted keeps
 * every bit.
 */
void distort_image(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, float strength,
                   struct rng *rng);

#endif
