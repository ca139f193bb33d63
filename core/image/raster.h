/*
 * A decoded picture before its conversion to luma; every decoder fills it in.
 * Threads: any, on different rasters.
 */
#ifndef CORE_IMAGE_RASTER_H
#define CORE_IMAGE_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

struct raster {
    size_t width_px;
    size_t height_px;
    unsigned orientation;            /* EXIF's, 1 to 8 */
    bool has_luma;                   /* the first component is BT.601 luma: a YCbCr JPEG */
    size_t channels;                 /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha */
    uint8_t *samples;                /* [height_px][width_px][channels], 0 to 255; from `arena` */
    struct digit_image_arena *arena; /* source of memory; NULL: malloc */
};

/*
 * Converts the samples to luma, in place: [height_px][width_px] at the start of `samples`, and channels 1.
 * Luma is that of ITU-R BT.601, rounded half up, so that grey keeps its value:
 *
 *     luma = (299 R + 587 G + 114 B) / 1000
 *
 * With alpha, every pixel is blended with one background, white if the alpha-weighted mean luma is below 128,
 * else black. A picture without an opaque pixel becomes black.
 */
void raster_to_luma(struct raster *raster);

#endif
