/*
 * How often each of the 256 levels occurs, and what follows from that.
 * Threads: any, on different histograms.
 */
#ifndef CORE_PREPROCESS_HISTOGRAM_H
#define CORE_PREPROCESS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/plane.h"

#define HISTOGRAM_LEVELS 256

struct histogram {
    uint32_t counts[HISTOGRAM_LEVELS]; /* at most PLANE_PIXELS_MAX together */
};

/* Of all pixels. */
void histogram_of_plane(struct histogram *out, const struct plane *plane);

/* Of the differences between neighbours in a row, without their signs. */
void histogram_of_steps(struct histogram *out, const struct plane *plane);

/* Of the ring of pixels `depth` from the plane's edges, below half of its shorter side; a corner
 * counts twice. */
void histogram_of_ring(struct histogram *out, const struct plane *plane, size_t depth);

/* The lowest level from `first` on, 0 to 255, of which at least `share` / 256 of the pixels from
 * `first` on are not above, share 0 to 256; 0 if there are none. */
int histogram_quantile(const struct histogram *histogram, int first, unsigned share);

/* The quantile of one half. */
int histogram_median(const struct histogram *histogram, int first);

/* The lowest and the highest level that occurs; 0 if none does. */
int histogram_lowest(const struct histogram *histogram);
int histogram_highest(const struct histogram *histogram);

/*
 * Otsu's threshold ("A threshold selection method from gray-level histograms", 1979): the level
 * that parts the histogram into two classes whose means lie furthest apart, weighted by their
 * sizes; the lower class includes it. Of equally good levels, the middle of the lowest and the
 * highest; of one level alone, half of HISTOGRAM_LEVELS.
 */
int histogram_otsu(const struct histogram *histogram);

#endif
