/*
 * How often each of the 256 levels occurs, and statistics of it: quantiles and Otsu's threshold.
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

/* Counts all pixels. */
void histogram_of_plane(struct histogram *out, const struct plane *plane);

/* Counts the absolute differences between horizontal neighbours. */
void histogram_of_steps(struct histogram *out, const struct plane *plane);

/* Counts the ring of pixels at distance `depth` from the plane's edges; `depth` is below half of the
 * shorter side. Corner pixels count twice. */
void histogram_of_ring(struct histogram *out, const struct plane *plane, size_t depth);

/* Quantile of the pixels whose level is at least `first` (0 to 255): the lowest level that at least
 * share / 256 of them do not exceed; share is 0 to 256. 0 if there are no such pixels. */
int histogram_quantile(const struct histogram *histogram, int first, unsigned share);

/* The same for share 128. */
int histogram_median(const struct histogram *histogram, int first);

/* The lowest and the highest level that occurs; 0 if the histogram is empty. */
int histogram_lowest(const struct histogram *histogram);
int histogram_highest(const struct histogram *histogram);

/*
 * Otsu's threshold ("A threshold selection method from gray-level histograms", 1979): the level t that
 * maximises the variance between the class of levels up to t and the class of those above it:
 *
 *     n0 * n1 * (mean0 - mean1)^2
 *
 * If several levels are equally good, the middle of the lowest and the highest of them. If only one level
 * occurs, HISTOGRAM_LEVELS / 2.
 */
int histogram_otsu(const struct histogram *histogram);

#endif
