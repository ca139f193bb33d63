/*
 * A training image seen a little differently each time: one warp, made of rotation, scale, shear,
 * shift and a smooth elastic displacement (Simard, Steinkraus and Platt 2003), through which the
 * original is resampled once, bilinearly.
 *
 *     const struct warp_ranges ranges = {.scale = 0.15f, .shift_px = 2.0f};
 *     struct rng rng = rng_make(seed, RNG_WARP, epoch * count + index);
 *     warp_image(pixels, image, &ranges, 1.0f, &rng);
 *
 * Threads: any, each with an rng of its own; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_WARP_H
#define TRAINER_AUGMENT_WARP_H

#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

/* All zero leaves images as they are. A recipe has the ranges that training uses. */
struct warp_ranges {
    float rotation_deviation_deg; /* of a normal distribution ... */
    float rotation_limit_deg;     /* ... cut off here, on both sides */
    float scale;                  /* width and height each: 1 - scale to 1 + scale, below 1 */
    float shear;                  /* columns move by up to this share of their height */
    float shift_px;               /* each way, each axis */
    float elastic_probability;    /* that an image is bent */
    float elastic_px; /* deviation of the points that bend it; it moves by up to about 1.4 times
                         that */
};

/*
 * Warps image [28][28], 0 to 255, into out [28][28], 0 to 1. Beyond the edges lies ground (0).
 * `strength` scales every range: 1 is all of it, 0 gives image / 255 exactly.
 */
void warp_image(float out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                const struct warp_ranges *ranges, float strength, struct rng *rng);

#endif
