/*
 * The first step: reduces luma of any size to a plane of at most PLANE_SIDE_MAX_PX a side, so that the cost of
 * the later steps is bounded; and cuts a window out of it, in which small digits are larger.
 * Threads: any, on different planes.
 */
#ifndef CORE_PREPROCESS_REDUCE_H
#define CORE_PREPROCESS_REDUCE_H

#include <stddef.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/preprocess/plane.h"

/*
 * Each pixel of `out` is the mean, rounded to nearest, of n x n pixels of the image's luma, where n is the
 * smallest factor that makes both sides fit; blocks in the last row and column may be smaller. With n = 1 the
 * luma is copied. Returns the pixels of the picture for each pixel of the plane along an axis: n times the
 * image's block_px. The luma's sides are 1 to 65,535 px; `out->pixels` is the caller's and has room for
 * PLANE_PIXELS_MAX.
 */
size_t reduce_picture(struct plane *out, const struct digit_image *image);

/*
 * The same for the part of the picture in `window`, in the picture's pixels: at least one pixel each way, and
 * within the picture. The part is extended to whole pixels of the luma, so that the plane begins at left_px and
 * top_px rounded down to multiples of block_px.
 */
size_t reduce_window(struct plane *out, const struct digit_image *image,
                     const struct digit_box *window);

#endif
