/*
 * How activations lie in memory: in blocks of images, NCHW with the images of a block innermost.
 *
 *     block [channels][height][width][lanes]
 *
 * lanes is 1, which is plain NCHW for a single image, or LANES, where a vector register holds the
 * same pixel of several images and no spatial size leaves a tail. Each lane's sums are taken in the
 * same order for both, so an image gets the same result to the bit in either. Unused lanes of the
 * last block of a batch hold finite numbers (zero pixels at the input).
 *
 * Gradients of parameters are added to (+=) the caller's array; gradients of activations are
 * written. Pointers do not alias unless a function says so. Nothing here allocates or fails; sizes
 * are the caller's promise. Threads: any, on different outputs.
 */
#ifndef CORE_LAYERS_LANES_H
#define CORE_LAYERS_LANES_H

#include <stddef.h>

#define LANES 16

/* A body that is written once and compiled for both lane counts, each a constant in it. */
#define LANES_BODY static inline __attribute__((always_inline)) void

/* Sum of a block's lanes, in order of lane. */
static inline float lanes_sum(const float *values, size_t lanes)
{
    float sum = 0.0f;
    for (size_t lane = 0; lane < lanes; lane++)
        sum += values[lane];
    return sum;
}

#endif
