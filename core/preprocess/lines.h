/*
 * Lines of ruled or squared paper.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_LINES_H
#define CORE_PREPROCESS_LINES_H

#include <stdint.h>

#include "core/preprocess/plane.h"

struct lines_scratch {
    uint8_t turned[PLANE_PIXELS_MAX];
    uint8_t marked[PLANE_PIXELS_MAX];
};

/*
 * Takes out of the plane, which has light ink on 0, every straight line that runs from one side of
 * the picture to the opposite one. Where a stroke crosses a line it stays whole. Returns how many
 * lines there were.
 */
size_t lines_remove(struct plane *plane, struct lines_scratch *scratch);

#endif
