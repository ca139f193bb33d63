/*
 * A random warp of a training image: rotation, scale, shear, shift and a smooth elastic
 * displacement (Simard, Steinkraus and Platt 2003) make one map, through which the original is
 * resampled once, bilinearly.
 *
 *     const struct warp_ranges ranges = {.scale = 0.15f, .shift_px = 2.0f};
 *     struct rng rng = rng_make(seed, RNG_WARP, epoch * count + index);
 *     warp_image(pixels, image, &ranges, 1.0f, &rng);
 *
 * Threads: any, each with its own rng; the result depends on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_WARP_H
#define TRAINER_AUGMENT_WARP_H

#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

/* With all zero, images are not changed. A training takes its ranges from the recipe. */
struct warp_ranges {
    float rotation_deviation_deg; /* angles are drawn from a normal distribution ... */
    float rotation_limit_deg;     /* ... and limited to this, in both directions */
    float scale;                  /* width and height each by 1 - scale to 1 + scale; below 1 */
    float shear;                  /* columns are shifted by up to this share of their height */
    float shift_px;               /* in either direction, on each axis */
    float elastic_probability;    /* that an image is displaced elastically */
    float elastic_px;             /* deviation of the control points of the displacement; pixels
                                     move by up to about 1.4 times that */
};

/*
 * Warps image [28][28], 0 to 255, into out [28][28], 0 to 1. Beyond the edges lies background (0).
 * `strength` scales every range: 1 uses all of it, 0 gives image / 255 exactly.
 */
void warp_image(float out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                const struct warp_ranges *ranges, float strength, struct rng *rng);

#endif
