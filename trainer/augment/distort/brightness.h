/*
 * The brightest pixel of an image. What spreads thin strokes makes them fainter; preprocessing
 * would give them their brightness back, and so do distortions of that kind.
 *
 *     float peak = brightest_pixel(image);
 *     ... blur ...
 *     restore_brightness(image, peak);
 *
 * Threads: any.
 */
#ifndef TRAINER_AUGMENT_DISTORT_BRIGHTNESS_H
#define TRAINER_AUGMENT_DISTORT_BRIGHTNESS_H

#include <digit/image.h>

/* The largest pixel of image [28][28]. */
float brightest_pixel(const float image[DIGIT_PIXELS]);

/* Scales image [28][28], 0 or more, so that `peak` is its largest pixel; leaves a blank one. */
void restore_brightness(float image[DIGIT_PIXELS], float peak);

#endif
