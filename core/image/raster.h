/*
 * The luma of a decoded picture.
 */
#ifndef CORE_IMAGE_RASTER_H
#define CORE_IMAGE_RASTER_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

struct raster {
    size_t width_px;
    size_t height_px;
    uint8_t *luma;                   /* [height_px][width_px], 0 to 255; from `arena` */
    struct digit_image_arena *arena; /* source of memory; NULL: malloc */
};

#endif
