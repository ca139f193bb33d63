/*
 * Random numbers that go smoothly over an image.
 * Threads: any, each with an rng of its own.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_TEXTURE_H
#define TRAINER_AUGMENT_OUTLIERS_TEXTURE_H

#include <digit/image.h>

#include "trainer/base/rng.h"

/* Adds to image [28][28] numbers from -amplitude to amplitude at points `cell_px` apart, 2 or more,
 * interpolated linearly between them. */
void texture_add_clouds(float image[DIGIT_PIXELS], float cell_px, float amplitude, struct rng *rng);

/* Adds a plane that goes from -amplitude to amplitude over the image at most, at any angle. */
void texture_add_slope(float image[DIGIT_PIXELS], float amplitude, struct rng *rng);

/* Adds `light` in stripes at any angle, `period_px` apart, that `share` of a period wide; a pixel soft. */
void texture_add_stripes(float image[DIGIT_PIXELS], float period_px, float share, float light,
                         struct rng *rng);

#endif
