/*
 * What light and paper do to the ground under light ink: after this it is dark and even.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_GROUND_H
#define CORE_PREPROCESS_GROUND_H

#include <stddef.h>

#include "core/preprocess/grid.h"
#include "core/preprocess/plane.h"

/* How far from the edge, in pixels, a ring of ground is looked for, past the edge of a sheet or a
 * scanner's frame: a twelfth of the shorter side. */
size_t ground_ring_depth(const struct plane *plane);

/*
 * Subtracts the ground, if the picture's edge is not even: the opening of the grid, which no stroke
 * survives, interpolated between the cells' middles. What is darker than its ground becomes 0.
 */
void ground_remove(struct plane *plane, struct grid_scratch *scratch);

#endif
