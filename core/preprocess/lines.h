/*
 * Removal of the lines of ruled or squared paper.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_LINES_H
#define CORE_PREPROCESS_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

struct lines_scratch {
    uint8_t transposed[PLANE_PIXELS_MAX];
    uint8_t marked[PLANE_PIXELS_MAX];
};

/*
 * Removes from the plane, whose background is 0, every horizontal or vertical line that covers at least
 * seven eighths of the picture's extent along the line, is at most a fortieth of that extent plus 2 px
 * thick, and stays within a band of a twenty-fourth of the extent across. Strokes that cross a line stay
 * whole. Returns the number of bands from which lines were removed.
 */
size_t lines_remove(struct plane *plane, struct lines_scratch *scratch);

#endif
