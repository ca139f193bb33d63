/*
 * A picture of one byte per pixel: what the steps of preprocessing work on.
 */
#ifndef CORE_PREPROCESS_PLANE_H
#define CORE_PREPROCESS_PLANE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

/* The longest side on which preprocessing works. It is large enough for every stroke that 28x28 pixels can show to
 * be several pixels wide. */
#define PLANE_SIDE_MAX_PX 512
#define PLANE_PIXELS_MAX  ((size_t)PLANE_SIDE_MAX_PX * PLANE_SIDE_MAX_PX)

struct plane {
    uint8_t *pixels; /* [height_px][width_px] row-major; the caller's */
    size_t width_px; /* 1 to PLANE_SIDE_MAX_PX, as the height */
    size_t height_px;
};

#endif
