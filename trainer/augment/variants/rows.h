/*
 * What the rows of a digit show. Pixels of 0.5 or more belong to a stroke.
 *
 * Threads: any.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_ROWS_H
#define TRAINER_AUGMENT_VARIANTS_ROWS_H

#include <stddef.h>

#include <digit/image.h>

#define ROW_MAX_RUNS (DIGIT_SIDE_PX / 2)

/* Adjacent stroke pixels of one row. */
struct run {
    size_t first, end; /* columns, `end` excluded */
    float middle_px;   /* mean column, weighted by brightness */
    float width_px;    /* sum of the pixels and of their two softer neighbours */
};

/* Writes the runs of row y from left to right; returns their number. */
size_t row_runs(struct run out[ROW_MAX_RUNS], const float image[DIGIT_PIXELS], size_t y);

#endif
