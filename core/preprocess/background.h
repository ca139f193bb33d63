/*
 * Background removal: after it, the background under a light foreground is dark and even, whatever the
 * lighting and the paper were.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_BACKGROUND_H
#define CORE_PREPROCESS_BACKGROUND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/preprocess/grid.h"
#include "core/preprocess/plane.h"

/* Distance from the picture's border, in pixels, of the ring on which the background is measured: a
 * twelfth of the shorter side, which lies inside a sheet's edge and a scanner's frame. */
size_t background_ring_depth(const struct plane *plane);

/*
 * Subtracts the background, unless the picture's border is even already. The background is the opening
 * of the grid, which removes every stroke, interpolated between the centres of the cells. A pixel darker
 * than its background becomes 0. Returns whether anything was subtracted.
 */
bool background_remove(struct plane *plane, struct grid_scratch *scratch);

#endif
