/*
 * The simplest preprocessing that a picture of a digit may get, to compare the product's with: Otsu's
 * threshold, polarity by the border, the box around the ink scaled to 20x20, centre of mass in the middle.
 *
 *     if (!naive_pipeline_normalise(pixels, &image))
 *         ... there is no ink
 */
#ifndef TRAINER_EVAL_NAIVE_PIPELINE_H
#define TRAINER_EVAL_NAIVE_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

/* The longer side of the digit in the result. */
#define NAIVE_PIPELINE_BOX_PX 20

/*
 * Normalises the digit of a picture that digit_image_decode decoded. out: [28][28] row-major, 0
 * background to 255 ink.
 *
 * - Otsu's threshold (1979) divides the levels of all pixels into dark and light ones.
 * - The picture is dark on light if the median of its outermost pixels, the background, is light.
 *   Pixels on the other side of the threshold are ink.
 * - Levels are stretched linearly: the background becomes 0 and the ink's extreme level 255.
 * - The smallest box around all ink is scaled to a longer side of 20 px, aspect kept: a pixel of the
 *   result is the mean over its area, also if the box is smaller than 20 px.
 * - The box is moved by whole pixels so that the centre of mass is within half a pixel of the middle,
 *   but not out of the picture.
 *
 * Returns false, and an empty image, if all pixels have the same level. Time: three passes over the
 * pixels. Threads: any.
 */
bool naive_pipeline_normalise(uint8_t out[DIGIT_PIXELS], const struct digit_image *image);

#endif
