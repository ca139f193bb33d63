/*
 * Lines of ruled or squared paper.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_LINES_H
#define CORE_PREPROCESS_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

struct lines_scratch {
    uint8_t turned[PLANE_PIXELS_MAX];
    uint8_t marked[PLANE_PIXELS_MAX];
};

/*
 * Takes out of the plane, which has light ink on 0, every straight line along its rows or columns
 * that covers seven eighths of the picture or more, is at most a fortieth of it and 2 px thick and
 * keeps within a band of a twenty-fourth of it. Where a stroke crosses a line it stays whole.
 * Returns how many such bands there were.
 */
size_t lines_remove(struct plane *plane, struct lines_scratch *scratch);

#endif
