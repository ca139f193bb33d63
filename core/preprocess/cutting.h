/*
 * One digit's ink, cut out of the plane and with room around it, small enough for steps that cost
 * more than a look at each pixel.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_CUTTING_H
#define CORE_PREPROCESS_CUTTING_H

#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/components.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/plane.h"

/* Eight pixels for each of the 20 that a digit's longer side has in the end. */
#define CUTTING_INK_MAX_PX 160
/* Room for strokes to grow. */
#define CUTTING_MARGIN_MAX_PX 16
#define CUTTING_SIDE_MAX_PX   (CUTTING_INK_MAX_PX + 2 * CUTTING_MARGIN_MAX_PX)
#define CUTTING_PIXELS_MAX    ((size_t)CUTTING_SIDE_MAX_PX * CUTTING_SIDE_MAX_PX)

struct cutting {
    struct plane plane; /* `pixels` has room for CUTTING_PIXELS_MAX, as `sums` */
    uint16_t *sums;     /* for cutting_take */
    size_t margin_px;   /* free on each side of the ink, a tenth of its longer side */
    size_t side_px;     /* the ink's longer side */
};

/*
 * Copies the ink of group `index` of what was found in `plane`, and no other's; `out` has its two
 * pointers. Where the group's longer side is above CUTTING_INK_MAX_PX, each pixel is the mean of
 * n x n, cut off to an integer, n the smallest that makes it fit.
 */
void cutting_take(struct cutting *out, const struct plane *plane,
                  const struct components *components, const struct groups *groups, size_t index);

#endif
