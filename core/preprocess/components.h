/*
 * Connected pieces of ink: pixels that touch each other, at sides or corners.
 *
 * Runs of ink along rows are joined with those of the row above that they touch, by union and find
 * with path halving (Tarjan and van Leeuwen 1984): one pass over the pixels, no recursion.
 * Threads: any, each with its own memory.
 */
#ifndef CORE_PREPROCESS_COMPONENTS_H
#define CORE_PREPROCESS_COMPONENTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/measure.h"
#include "core/preprocess/plane.h"

/* Ink in a row, at most every other pixel of it. */
struct run {
    uint16_t row;
    uint16_t first;
    uint16_t end;
    uint16_t component; /* COMPONENT_NONE: too small for one */
    uint32_t parent;    /* a run of the same piece, never a later one */
    uint32_t mass;      /* of the whole piece, in the run that is its own parent */
};

#define RUNS_MAX       (PLANE_PIXELS_MAX / 2)
#define COMPONENTS_MAX 256
#define COMPONENT_NONE COMPONENTS_MAX

struct component {
    struct box box;  /* in pixels of the plane */
    uint64_t mass;   /* sum of its pixels */
    size_t along[4]; /* pixels in the plane's first and last column, first and last row */
};

struct components {
    struct run *runs; /* [RUNS_MAX]; the caller's */
    size_t run_count;
    struct component items[COMPONENTS_MAX];
    size_t count;
    uint64_t mass; /* of all ink, pieces too small included */
};

/*
 * Finds the pieces of ink (pixels above 0), in the order of their first pixels. Pieces of less than
 * 1 / COMPONENTS_MAX of all ink are no components, so that there are at most COMPONENTS_MAX.
 * `out->runs` is set before.
 */
void components_find(struct components *out, const struct plane *plane);

#endif
