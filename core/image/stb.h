/*
 * Decodes JPEG and BMP with stb_image; its other formats are not compiled in.
 * Threads: any.
 */
#ifndef CORE_IMAGE_STB_H
#define CORE_IMAGE_STB_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/*
 * Decodes bytes that image_jpeg_measure or image_bmp_measure accepted into raster->samples, which the caller
 * frees with arena_give, and sets raster->channels: 1 if raster->has_luma. Width and height are those measured,
 * 1 to 65535; stb_image must read the same from the header.
 * Memory: at most 16 bytes per pixel, with sides rounded up to 32. A progressive JPEG of four components takes
 * 15 (per component two for the coefficients and one for the samples, and three for RGB), a baseline photo of
 * a phone 2.5.
 * Errors: MALFORMED (with stb_image's message), LIMIT (more bytes than INT_MAX), NO_MEMORY; nothing is then
 * owned.
 */
DIGIT_MUST_CHECK enum digit_status image_stb_decode(struct raster *raster, const uint8_t *bytes,
                                                    size_t size_bytes, struct digit_error *error);

#endif
