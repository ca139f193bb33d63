/*
 * How thick a digit's strokes are, and strokes as thick as MNIST's.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_STROKE_H
#define CORE_PREPROCESS_STROKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/preprocess/cutting.h"

struct stroke_scratch {
    uint8_t down[CUTTING_PIXELS_MAX]; /* distances along the column */
};

/*
 * Mean thickness of the strokes in 1/100 px of a 20 px box around the ink: twice the area over the
 * outline, whose length is that of the pixels' sides by pi / 4, the mean over all directions.
 * 0 without ink.
 */
uint32_t stroke_width(const struct cutting *cutting);

/*
 * Makes strokes of `width`, as stroke_width gives it, as thick as the median of MNIST's, 2.82 px of
 * 20: their edges are moved by a disc of at most CUTTING_MARGIN_MAX_PX and stay soft. Returns whether
 * there was anything to do: a width of 0, or edges that would move by less than 1/16 px, stay.
 */
bool stroke_normalise(struct cutting *cutting, uint32_t width, struct stroke_scratch *scratch);

#endif
