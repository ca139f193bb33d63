/*
 * Linear resampling of an image along its rows and columns, with weights of any kind: reduction by
 * area, interpolation, enlargement by repetition.
 *
 *     axis_filter_reduce(&down, 1.8f, 0.4f);
 *     axis_filter_enlarge(&up, &down, true);
 *     resample(cells, image, &down, &down);
 *     resample(image, cells, &up, &up);
 *
 * Beyond the edges lies background (0). Threads: any.
 */
#ifndef TRAINER_AUGMENT_DISTORT_RESAMPLE_H
#define TRAINER_AUGMENT_DISTORT_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/image.h>

#define AXIS_MAX (DIGIT_SIDE_PX + 2)

/* Place i of the result is the sum of weights[i][k] times place k of the source. */
struct axis_filter {
    size_t to, from; /* number of places, at most AXIS_MAX */
    float cell_px;   /* of reduce and enlarge; else 1 */
    float first_px;  /* where the first cell begins, 0 or less */
    float weights[AXIS_MAX][AXIS_MAX];
};

/*
 * Reduces 28 px to cells of cell_px, 1 to 28, each the mean of what it covers. The first cell
 * begins at -phase * cell_px; `phase` is 0 to below 1.
 */
void axis_filter_reduce(struct axis_filter *out, float cell_px, float phase);

/* Enlarges the cells of `reduced` to 28 px again: by linear interpolation between their middles, or
 * by repetition, where a pixel that two cells share gets of each as much as it covers. */
void axis_filter_enlarge(struct axis_filter *out, const struct axis_filter *reduced, bool linear);

/* Shrinks 28 px by the factor `scale`, 1 or more, towards the middle, by linear interpolation. */
void axis_filter_shrink(struct axis_filter *out, float scale);

/* out [rows->to][columns->to] from in [rows->from][columns->from], not overlapping. */
void resample(float *out, const float *in, const struct axis_filter *rows,
              const struct axis_filter *columns);

#endif
