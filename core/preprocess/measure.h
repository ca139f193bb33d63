/*
 * Where the foreground of a plane lies: bounding box and moments.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_MEASURE_H
#define CORE_PREPROCESS_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

/* A bounding box; right and bottom are included. */
struct box {
    size_t left;
    size_t top;
    size_t right;
    size_t bottom;
};

/* Moments of the pixels' levels. The centre of mass, with pixel centres at one half, is x / (2 mass),
 * y / (2 mass). */
struct moments {
    uint64_t mass; /* sum of level */
    uint64_t x;    /* sum of level * (2 * column + 1) */
    uint64_t y;    /* sum of level * (2 * row + 1) */
};

struct range {
    uint8_t lowest;
    uint8_t highest;
};

/* The lowest and the highest level. */
struct range measure_range(const struct plane *plane);

/* The highest level minus the lowest. */
int measure_contrast(const struct plane *plane);

/* The smallest box around all pixels above `background`; false if there are none. */
bool measure_box(struct box *out, const struct plane *plane, uint8_t background);

size_t box_width(const struct box *box);
size_t box_height(const struct box *box);
size_t box_longer_side(const struct box *box);

/* The moments of the pixels above `background`, each weighted by its full level. */
struct moments measure_moments(const struct plane *plane, uint8_t background);

#endif
