/*
 * Finds the axis of a picture's colours along which its ink differs most from its background.
 *
 * Every pair of pixels a stroke's width apart gives a difference of colours. Most pairs lie within the background, so
 * a robust covariance of all differences, from the smallest of them only, is that of noise and uneven light. Pairs
 * that this covariance does not explain have one pixel in the ink. The axis is the one with the largest ratio of
 * their differences to it: a generalised eigenvector (Fisher's discriminant, with classes that nobody had to
 * separate before).
 *
 * Sums are of integers, the rest is a few operations on doubles that IEEE 754 defines to the bit, and the axis is
 * rounded to integers: every machine finds the same axis.
 *
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_IMAGE_COLOUR_AXIS_H
#define CORE_IMAGE_COLOUR_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of an axis. */
#define COLOUR_AXIS_ONE 4096

/* Red, green and blue, [height_px][width_px] each, 0 to 65,535; sides are 1 to 512 px. */
struct colour_planes {
    const uint16_t *channels[3];
    size_t width_px;
    size_t height_px;
};

struct colour_axis {
    int32_t weights[3]; /* of red, green and blue; a vector of COLOUR_AXIS_ONE */
    /* Between ink and background: a difference of the weighted sums of channels. */
    int64_t contrast;
    double noise; /* standard deviation of the background's weighted sums */
};

/* Memory for the search. */
#define COLOUR_AXIS_BINS 4096
struct colour_axis_scratch {
    uint32_t bins[COLOUR_AXIS_BINS];
};

/* False if nothing stands out by at least 16 of 255 levels and eight standard deviations of the noise. */
bool colour_axis_find(struct colour_axis *out, const struct colour_planes *planes,
                      struct colour_axis_scratch *scratch);

#endif
