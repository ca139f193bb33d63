/*
 * JPEG and BMP through stb_image, with nothing else of it compiled in.
 * Threads: any.
 */
#ifndef CORE_IMAGE_STB_H
#define CORE_IMAGE_STB_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/*
 * Decodes bytes that image_jpeg_measure or image_bmp_measure took into raster->samples, which the
 * caller frees, and sets channels: 1 if it has luma. Width and height are those measured, 1 to
 * 65535; what stb_image makes of the header must agree with them.
 * Memory: at most 16 bytes a pixel, sides rounded up to 32: a progressive JPEG of four components
 * takes 15 (two for each component's coefficients, one for its samples, three for RGB), a baseline
 * photo of a phone 2.5.
 * Errors: MALFORMED (stb_image's own words), LIMIT (more bytes than INT_MAX), NO_MEMORY; nothing is
 * then owned.
 */
DIGIT_MUST_CHECK enum digit_status image_stb_decode(struct raster *raster, const uint8_t *bytes,
                                                    size_t size_bytes, struct digit_error *error);

#endif
