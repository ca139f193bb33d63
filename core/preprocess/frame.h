/*
 * MNIST's own geometry, as Yadav and Bottou reconstructed it ("Cold Case: The Lost MNIST Digits",
 * NeurIPS 2019): the ink's square box, resampled by area to 20x20, its peak at 255, pasted into
 * 28x28 so that the centre of mass comes just right of and below the middle.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_FRAME_H
#define CORE_PREPROCESS_FRAME_H

#include <stdint.h>

#include <digit/image.h>

#include "core/preprocess/plane.h"

/* Fills out, [28][28], with the plane's ink, whose peak becomes 255; all 0 without any. Sums are of
 * integers, so every machine gets the same bytes. */
void frame_digit(uint8_t out[DIGIT_PIXELS], const struct plane *plane);

#endif
