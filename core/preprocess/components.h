/*
 * Connected components: foreground pixels (above 0) that touch at a side or a corner.
 *
 * Runs of foreground pixels in a row are joined with the runs of the row above that they touch, by
 * union-find with path halving (Tarjan and van Leeuwen 1984): one pass over the pixels, no recursion.
 * Threads: any, each with its own memory.
 */
#ifndef CORE_PREPROCESS_COMPONENTS_H
#define CORE_PREPROCESS_COMPONENTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/measure.h"
#include "core/preprocess/plane.h"

/* Consecutive foreground pixels of a row: columns first to end - 1. */
struct run {
    uint16_t row;
    uint16_t first;
    uint16_t end;
    uint16_t component; /* index into the components; COMPONENT_NONE: the piece is too small */
    uint32_t parent;    /* an earlier run of the same connected piece, or itself: the root */
    uint32_t mass;      /* root only: the mass of the whole piece */
};

#define RUNS_MAX       (PLANE_PIXELS_MAX / 2) /* every other pixel of each row */
#define COMPONENTS_MAX 256
#define COMPONENT_NONE COMPONENTS_MAX

struct component {
    struct box box; /* in pixels of the plane */
    uint64_t mass;  /* sum of its pixels' levels */
    /* Number of pixels in the plane's first column, last column, first row, last row. */
    size_t along[4];
};

struct components {
    struct run *runs; /* [RUNS_MAX]; the caller's */
    size_t run_count;
    struct component items[COMPONENTS_MAX];
    size_t count;
    uint64_t mass; /* of the whole foreground, pieces that are too small included */
};

/*
 * Finds the connected components of the foreground, in the order of their first pixels. A piece with
 * less than 1 / COMPONENTS_MAX of the foreground's mass is left out, so that there are at most
 * COMPONENTS_MAX components. The caller sets `out->runs` before.
 */
void components_find(struct components *out, const struct plane *plane);

#endif
