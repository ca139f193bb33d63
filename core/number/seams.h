/*
 * Where a component may be cut into digits: paths from its top to its bottom that cross as little ink as possible, by
 * dynamic programming (Avidan and Shamir, "Seam carving for content-aware image resizing", 2007).
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_NUMBER_SEAMS_H
#define CORE_NUMBER_SEAMS_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/components.h"
#include "core/preprocess/plane.h"

#define SEAMS_MAX 48 /* of one component */

/* A seam that crosses more ink than this cuts no digits apart. Ink is in 1/100 of a stroke's width, and counts less
 * where it is thicker than a stroke: there strokes of two digits may lie side by side. */
#define SEAM_INK_MAX 450

/* A path through the rows of a component's box, one column in each row. What lies left of it is one piece; the pixels
 * in its columns and right of them are another. */
struct seam {
    uint16_t columns[PLANE_SIDE_MAX_PX]; /* of the plane, from the box's first row on */
    uint32_t ink;                        /* that it crosses, in 1/100 of a stroke's width */
    uint32_t crossings;                  /* strokes that it crosses: runs of foreground along it */
    uint32_t middle;                     /* sum of its columns over all rows of the box */
};

struct seams_scratch {
    uint8_t ink[PLANE_PIXELS_MAX]; /* the component alone, in its box */
    /* Distance to the background, in thirds of a pixel; then what a pixel costs. */
    uint8_t depth[PLANE_PIXELS_MAX];
    int8_t steps[PLANE_PIXELS_MAX];
    uint32_t costs[2][PLANE_SIDE_MAX_PX + 2];
    uint32_t spare[PLANE_SIDE_MAX_PX + 2];
};

struct seams {
    struct seam items[SEAMS_MAX]; /* from left to right; they touch, but do not cross */
    size_t count;
};

/* The size of what is cut. */
struct seams_measure {
    size_t height_px;   /* of a digit */
    uint32_t stroke_px; /* width of the strokes, in 1/100 px; at least 1 */
    /* At most so many cells of dynamic programming; what was used is subtracted. */
    size_t budget_cells;
};

/*
 * Finds the seams of component `index`, none if it is narrower than two fifths of a digit's height or if the budget
 * does not suffice. Through each thirtieth of that height in the component's middle row, the seam that crosses the
 * least ink is tried; of seams closer to each other than a twelfth of the height, or an eighth if they cross much ink,
 * the one that crosses the least is kept. `of_runs` are the component's runs in order, as indices [run_count] into the
 * components' runs.
 */
void seams_find(struct seams *out, struct seams_measure *measure, const struct plane *plane,
                const struct components *components, size_t index, const uint32_t *of_runs,
                size_t run_count, struct seams_scratch *scratch);

#endif
