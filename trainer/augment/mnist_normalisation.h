/*
 * MNIST's form (docs/model.md): the ink's box, made square, in 20x20 px of the 28x28, its centre of
 * mass near the middle. What is drawn for training is brought into it as digits were.
 *
 *     mnist_normalise(image, picture, width_px, height_px);
 *     mnist_normalise_bytes(bytes, image);
 *
 * Images are [28][28], light from 0 (ground) to 1. Threads: any.
 */
#ifndef TRAINER_AUGMENT_MNIST_NORMALISATION_H
#define TRAINER_AUGMENT_MNIST_NORMALISATION_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#define MNIST_NORMALISED_BOX_PX 20

/*
 * Resamples the ink of `picture` [height_px][width_px], both 1 to 4,096, into a box of 20x20 px,
 * scales its peak to 1 and centres it. Ink whose longer side is 20 px is copied. Nothing but ground
 * stays so.
 */
void mnist_normalise(float out[DIGIT_PIXELS], const float *picture, size_t width_px,
                     size_t height_px);

/* Moves the ink by whole pixels so that its centre of mass is less than 1 px before (15, 15), pixel
 * centres at one half, as far as none of it leaves the image. */
void mnist_normalise_centre(float image[DIGIT_PIXELS]);

/* Light 0 to 1 as 0 to 255, to the nearest. */
void mnist_normalise_bytes(uint8_t out[DIGIT_PIXELS], const float image[DIGIT_PIXELS]);

#endif
