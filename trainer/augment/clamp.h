/*
 * Limits an image's pixels to the range that all images have.
 */
#ifndef TRAINER_AUGMENT_CLAMP_H
#define TRAINER_AUGMENT_CLAMP_H

#include <digit/image.h>

/* Sets pixels of image [28][28] below 0 to 0 and those above 1 to 1. Threads: any. */
void clamp_image(float image[DIGIT_PIXELS]);

#endif
