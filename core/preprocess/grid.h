/*
 * A plane's coarse means, and openings and closings of them by a square (Serra, "Image Analysis and
 * Mathematical Morphology", 1982): what polarity and ground are judged by.
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_GRID_H
#define CORE_PREPROCESS_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

#define GRID_SIDE_MAX   64
#define GRID_RADIUS_MAX 16
#define GRID_CELLS_MAX                                                                             \
    ((GRID_SIDE_MAX + 2 * GRID_RADIUS_MAX) * (GRID_SIDE_MAX + 2 * GRID_RADIUS_MAX))

struct grid_scratch {
    int16_t cells[GRID_CELLS_MAX];
    int16_t opened[GRID_CELLS_MAX];
    int16_t turned[GRID_CELLS_MAX];
};

/*
 * Means of cell_px x cell_px pixels, and around them `radius` cells more, which carry each line on as
 * it would look turned about its last cell: a slope goes on as a slope, and opening it changes nothing.
 */
struct grid {
    struct grid_scratch *scratch; /* `cells` has [height][width]; the caller's */
    size_t width;                 /* the cells around included */
    size_t height;
    size_t
        radius; /* half of a third of the picture's shorter side or of a quarter of its longer one, whichever is more: strokes are thinner than the square of 2 radius + 1 */
    size_t cell_px;
};

enum grid_filter { GRID_OPENING, GRID_CLOSING };

void grid_fill(struct grid *out, const struct plane *plane, struct grid_scratch *scratch);

/* Fills scratch->opened with the cells' opening or closing by a square of 2 radius + 1. `radius` is at
 * most the grid's. */
void grid_open(const struct grid *grid, size_t radius, enum grid_filter filter);

#endif
