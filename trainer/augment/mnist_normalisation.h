/*
 * MNIST normalisation (docs/model.md): the bounding box of the foreground, padded to a square,
 * fills 20x20 px of the 28x28, and its centre of mass lies near the middle. Images that are drawn
 * for training are normalised as MNIST's digits were.
 *
 *     mnist_normalise(image, picture, width_px, height_px);
 *     mnist_normalise_bytes(bytes, image);
 *
 * Pixels are from 0 (background) to 1. Threads: any.
 */
#ifndef TRAINER_AUGMENT_MNIST_NORMALISATION_H
#define TRAINER_AUGMENT_MNIST_NORMALISATION_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#define MNIST_NORMALISED_BOX_PX 20

/*
 * Resamples the foreground of `picture` [height_px][width_px], sides of 1 to 4,096 px, into a box
 * of 20x20 px of out [28][28], scales its brightest pixel to 1 and centres it. A foreground whose
 * longer side is 20 px is copied without resampling. Without a foreground, `out` is all 0.
 */
void mnist_normalise(float out[DIGIT_PIXELS], const float *picture, size_t width_px,
                     size_t height_px);

/*
 * Shifts the foreground of image [28][28] by whole pixels, so that its centre of mass is at (15,
 * 15) or less than 1 px before it on either axis (pixel centres at one half), but never so far that
 * any of it leaves the image.
 */
void mnist_normalise_centre(float image[DIGIT_PIXELS]);

/* Rounds pixels from 0 to 1 to the nearest of 0 to 255; both [28][28]. */
void mnist_normalise_bytes(uint8_t out[DIGIT_PIXELS], const float image[DIGIT_PIXELS]);

#endif
