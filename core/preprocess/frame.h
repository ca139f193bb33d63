/*
 * The geometry of MNIST, as Yadav and Bottou reconstructed it ("Cold Case: The Lost MNIST Digits",
 * NeurIPS 2019): the square box around the foreground is resampled by area to 20x20, scaled so that its
 * peak is 255, and pasted into 28x28 so that the centre of mass lies just right of and below the middle.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_FRAME_H
#define CORE_PREPROCESS_FRAME_H

#include <stdint.h>

#include <digit/image.h>

#include "core/preprocess/plane.h"

/* Writes the plane's foreground into out, [28][28]; out is all 0 if the plane has none. All sums are
 * integers, so every machine gives the same bytes. */
void frame_digit(uint8_t out[DIGIT_PIXELS], const struct plane *plane);

#endif
