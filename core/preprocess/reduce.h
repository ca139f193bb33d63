/*
 * The first step: a picture of any size becomes a plane of at most PLANE_SIDE_MAX_PX a side, so
 * that what later steps cost has a bound.
 * Threads: any, on different planes.
 */
#ifndef CORE_PREPROCESS_REDUCE_H
#define CORE_PREPROCESS_REDUCE_H

#include <stddef.h>

#include <digit/image.h>

#include "core/preprocess/plane.h"

/*
 * Each pixel of `out` is the mean, rounded to nearest, of n x n pixels of the image's luma; those
 * of the last row and column, of what there is of them. Returns n, the smallest that makes the
 * sides fit: 1 copies. The image's sides are 1 to 65,535 px; `out->pixels`, the caller's, has room
 * for PLANE_PIXELS_MAX.
 */
size_t reduce_picture(struct plane *out, const struct digit_image *image);

#endif
