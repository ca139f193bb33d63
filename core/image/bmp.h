/*
 * Checks the structure of a BMP file (Microsoft's BITMAPINFOHEADER, V4 and V5) before stb_image decodes it:
 * stb_image reads zeros after the end of the data, and uninitialised stack memory for colours that are not in
 * the palette. Threads: any.
 */
#ifndef CORE_IMAGE_BMP_H
#define CORE_IMAGE_BMP_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/measure.h"

/*
 * Measures a BMP from its header; `bytes` begin with "BM". Looks at no pixel, allocates nothing and ignores
 * bytes after the last row.
 * Errors: MALFORMED (the data end before the last row, no palette), UNSUPPORTED (a header not of 40, 56, 108 or
 * 124 bytes; compression; bits per pixel other than 1, 4, 8, 16, 24 or 32).
 */
DIGIT_MUST_CHECK enum digit_status image_bmp_measure(struct image_measure *out,
                                                     const uint8_t *bytes, size_t size_bytes,
                                                     struct digit_error *error);

/* Checks that every pixel of bytes that image_bmp_measure accepted has a colour in the palette, if there is one.
 * Errors: MALFORMED. */
DIGIT_MUST_CHECK enum digit_status image_bmp_check_pixels(const uint8_t *bytes,
                                                          struct digit_error *error);

#endif
