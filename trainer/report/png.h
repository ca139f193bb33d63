/*
 * Pictures as PNG (W3C PNG, third edition), by libpng.
 *
 *     struct png_picture picture;
 *     status = png_picture_init(&picture, PNG_PICTURE_GREY, 28, 28, &error);
 *     ... picture.samples[y * picture.width_px + x] = ...
 *     status = png_picture_add(&buffer, &picture, &error);
 *     png_picture_release(&picture);
 *
 * Threads: any, on different pictures.
 */
#ifndef TRAINER_REPORT_PNG_H
#define TRAINER_REPORT_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/report/buffer.h"

/* Each value is the number of samples per pixel. */
enum png_picture_kind {
    PNG_PICTURE_GREY = 1,
    PNG_PICTURE_RGBA = 4, /* alpha 0 is transparent */
};

struct png_picture {
    enum png_picture_kind kind;
    uint8_t *samples; /* [height_px][width_px][kind] row-major; owned */
    size_t width_px;
    size_t height_px;
};

/* Makes a picture of zeros, with sides from 1 to 16384; the caller releases it. Errors:
 * NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status png_picture_init(struct png_picture *out,
                                                    enum png_picture_kind kind, size_t width_px,
                                                    size_t height_px, struct digit_error *error);

/* Appends the picture as a PNG file. Errors: NO_MEMORY (libpng has no other reason to fail). */
DIGIT_MUST_CHECK enum digit_status
png_picture_add(struct buffer *out, const struct png_picture *picture, struct digit_error *error);

/* Appends the picture as "data:image/png;base64,..." (RFC 2397). Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status png_picture_add_uri(struct buffer *out,
                                                       const struct png_picture *picture,
                                                       struct digit_error *error);

/* Frees what `picture` owns and zeroes it; it may be zeroed already. */
void png_picture_release(struct png_picture *picture);

#endif
