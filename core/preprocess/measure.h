/*
 * Where the ink of a plane lies.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_MEASURE_H
#define CORE_PREPROCESS_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

/* Rows and columns, the last ones included. */
struct box {
    size_t left;
    size_t top;
    size_t right;
    size_t bottom;
};

/* Sums of ink, and of ink times twice the distance of a pixel's middle from the plane's edge. */
struct moments {
    uint64_t mass;
    uint64_t x;
    uint64_t y;
};

/* How far the highest level lies above the lowest one. */
int measure_contrast(const struct plane *plane);

/* The smallest box around the pixels above `ground`; false if there are none. */
bool measure_box(struct box *out, const struct plane *plane, uint8_t ground);

size_t box_width(const struct box *box);
size_t box_height(const struct box *box);
size_t box_longer_side(const struct box *box);

/* Of the pixels above `ground`, at their full levels. */
struct moments measure_moments(const struct plane *plane, uint8_t ground);

#endif
