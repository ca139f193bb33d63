/*
 * Applies the EXIF orientation to luma by mirroring and rotating it (CIPA DC-008, tag 0x0112).
 * Threads: any, on different rasters.
 */
#ifndef CORE_IMAGE_UPRIGHT_H
#define CORE_IMAGE_UPRIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/* How a picture becomes upright: first mirrored left to right, then rotated clockwise. */
struct upright_move {
    uint16_t rotation_deg; /* 0, 90, 180 or 270 */
    bool mirrored;
};

/* The move for orientation 1 to 8. */
struct upright_move upright_move_of(unsigned orientation);

/* Whether width and height are swapped. */
bool upright_changes_sides(struct upright_move move);

/* Whether the upper left corner of the upright picture is at the right, and at the bottom, of the stored one. */
bool upright_is_from_right(struct upright_move move);
bool upright_is_from_bottom(struct upright_move move);

/*
 * Applies `move` to the luma; width and height may be swapped. Memory: one more byte per pixel
 * while it runs, none if there is nothing to do. Errors: NO_MEMORY; the raster is then unchanged.
 */
DIGIT_MUST_CHECK enum digit_status upright_apply(struct raster *raster, struct upright_move move,
                                                 struct digit_error *error);

#endif
