/*
 * Measures how thick a digit's strokes are, and makes them as thick as MNIST's.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_STROKE_H
#define CORE_PREPROCESS_STROKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/preprocess/crop.h"

/* Median stroke_width of 20,000 MNIST training images, in 1/100 px of the 20 px box. */
#define STROKE_MEDIAN 282

struct stroke_scratch {
    uint8_t down[CROP_PIXELS_MAX]; /* vertical distances */
};

/*
 * Mean thickness of the strokes, in 1/100 px of a 20 px box around the digit:
 *
 *     thickness = 2 * area / outline        outline = pi / 4 * number of pixel sides on the outline
 *
 * pi / 4 is the mean ratio over all directions of an outline's length to its pixel sides. 0 if the crop
 * has no foreground.
 */
uint32_t stroke_width(const struct crop *crop);

/*
 * Makes strokes of thickness `width` (from stroke_width) as thick as the median of MNIST's, 2.82 px of
 * 20: dilates or erodes them by a disc of at most CROP_MARGIN_MAX_PX; edges stay soft. Returns whether
 * anything changed: a width of 0, or edges that would move by less than 1/16 px, are left alone.
 */
bool stroke_normalise(struct crop *crop, uint32_t width, struct stroke_scratch *scratch);

#endif
