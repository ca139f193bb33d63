/*
 * Coarse means of a plane, and their morphological openings and closings by a square (Serra, "Image
 * Analysis and Mathematical Morphology", 1982). Polarity and background are decided on them.
 *
 *     grid_fill(&grid, plane, scratch);
 *     grid_filter(&grid, grid.radius, GRID_OPENING);
 *
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_GRID_H
#define CORE_PREPROCESS_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

#define GRID_SIDE_MAX   64 /* without the border of extrapolated cells */
#define GRID_RADIUS_MAX 16
#define GRID_CELLS_MAX                                                                             \
    ((GRID_SIDE_MAX + 2 * GRID_RADIUS_MAX) * (GRID_SIDE_MAX + 2 * GRID_RADIUS_MAX))
#define GRID_FILTERED_MAX                                                                          \
    ((GRID_SIDE_MAX + 3 * GRID_RADIUS_MAX) * (GRID_SIDE_MAX + 3 * GRID_RADIUS_MAX))

struct grid_scratch {
    int16_t cells[GRID_CELLS_MAX];
    int16_t filtered[GRID_CELLS_MAX];
    int16_t windows[GRID_FILTERED_MAX];
};

/*
 * Means of cell_px x cell_px pixels, and around them a border of `radius` extrapolated cells: each row
 * and column is continued by point reflection about its last cell, so that a slope goes on as a slope
 * and an opening does not change it. In the corners, where that is done twice, levels are from -1020 to
 * 1275.
 */
struct grid {
    struct grid_scratch *scratch; /* `cells` has [height][width]; the caller's */
    size_t width;                 /* the border included */
    size_t height;
    /* Half of the larger of a third of the picture's shorter side and a quarter of its longer one, so
     * that strokes are thinner than the square of 2 radius + 1 cells. 0 to GRID_RADIUS_MAX. */
    size_t radius;
    size_t cell_px; /* 1 for a plane of up to GRID_SIDE_MAX px a side */
};

enum grid_kind {
    GRID_OPENING, /* removes light details that are smaller than the square */
    GRID_CLOSING, /* removes dark details that are smaller than the square */
};

/* Computes the plane's means, rounded to nearest, into scratch->cells, and describes them in `out`,
 * which borrows the scratch. */
void grid_fill(struct grid *out, const struct plane *plane, struct grid_scratch *scratch);

/* Computes the opening or closing of the cells by a square of 2 radius + 1 cells into
 * scratch->filtered, [height][width]. `radius` is at most the grid's. */
void grid_filter(const struct grid *grid, size_t radius, enum grid_kind kind);

#endif
