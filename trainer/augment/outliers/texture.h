/*
 * Random textures that are added to an image [28][28].
 * Threads: any, each with its own rng.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_TEXTURE_H
#define TRAINER_AUGMENT_OUTLIERS_TEXTURE_H

#include <digit/image.h>

#include "trainer/base/rng.h"

/* Adds smooth noise: numbers from -amplitude to amplitude at points `cell_px` (2 or more) apart,
 * interpolated linearly. */
void texture_add_clouds(float image[DIGIT_PIXELS], float cell_px, float amplitude, struct rng *rng);

/* Adds a linear gradient at a random angle, which is 0 in the middle of the image and changes by
 * `amplitude` over 28 px. */
void texture_add_slope(float image[DIGIT_PIXELS], float amplitude, struct rng *rng);

/* Adds `brightness` in stripes at a random angle. The stripes repeat after `period_px`, of which
 * they cover `share` (0 to 1); their edges are one pixel soft. */
void texture_add_stripes(float image[DIGIT_PIXELS], float period_px, float share, float brightness,
                         struct rng *rng);

#endif
