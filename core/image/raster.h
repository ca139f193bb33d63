/*
 * A decoded picture before it becomes luma: what every decoder fills in.
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
    bool has_luma;                   /* its first component is BT.601's luma: a YCbCr JPEG */
    size_t channels;                 /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha */
    uint8_t *samples;                /* [height_px][width_px][channels], 0 to 255; from the arena */
    struct digit_image_arena *arena; /* where memory comes from; NULL: malloc */
};

/*
 * Turns the samples into luma, in place: [height_px][width_px] at the start of `samples`, and
 * channels 1. Luma is ITU-R BT.601's, (299 R + 587 G + 114 B) / 1000 rounded half up, so a grey
 * keeps its value. With alpha, each pixel is laid on one ground, white if the alpha-weighted mean
 * luma is below 128, else black; a picture without an opaque pixel becomes black.
 */
void raster_to_luma(struct raster *raster);

#endif
