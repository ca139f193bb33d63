/*
 * One digit, cropped out of the plane with a margin around it, and small enough for the steps that cost
 * more than one look at each pixel.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_CROP_H
#define CORE_PREPROCESS_CROP_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/components.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/plane.h"

/* The longest side of a digit in its crop: 8 pixels for each of the 20 that it has in the 28x28 result. */
#define CROP_DIGIT_MAX_PX 160
/* Space around the digit into which strokes can be thickened. */
#define CROP_MARGIN_MAX_PX 16
#define CROP_SIDE_MAX_PX   (CROP_DIGIT_MAX_PX + 2 * CROP_MARGIN_MAX_PX)
#define CROP_PIXELS_MAX    ((size_t)CROP_SIDE_MAX_PX * CROP_SIDE_MAX_PX)

struct crop {
    struct plane plane; /* `pixels`: [CROP_PIXELS_MAX]; the caller's */
    uint16_t *sums;     /* [CROP_PIXELS_MAX]; the caller's scratch memory for crop_take */
    size_t margin_px;   /* empty pixels on each side of the digit: a tenth of its longer side */
    size_t side_px;     /* the digit's longer side in the crop */
};

/*
 * Copies the foreground pixels of group `index` of `plane`, and of no other group, into `out`, whose two
 * pointers the caller has set. If the group's longer side is above CROP_DIGIT_MAX_PX, each pixel is the
 * mean of n x n pixels, rounded down, where n is the smallest factor that makes the digit fit.
 */
void crop_take(struct crop *out, const struct plane *plane, const struct components *components,
               const struct groups *groups, size_t index);

#endif
