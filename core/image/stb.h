/*
 * Decodes BMP with stb_image and, in a build with DIGITD_JPEG=stb, JPEG (image_jpeg_decode of jpeg.h); its other
 * formats are not compiled in. stb_image keeps the whole picture in memory.
 * Threads: any.
 */
#ifndef CORE_IMAGE_STB_H
#define CORE_IMAGE_STB_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/measure.h"
#include "core/image/reduction.h"

/*
 * Decodes bytes that image_bmp_measure accepted into `reduction`, which it begins. Width and height are those
 * measured, 1 to 65535; stb_image must read the same from the header. Memory: 3 bytes per pixel, 4 with alpha, and
 * two of a row.
 * Errors: MALFORMED (a pixel outside the palette, or with stb_image's message), LIMIT (more bytes than INT_MAX),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status image_bmp_decode(struct reduction *reduction,
                                                    const struct image_measure *measure,
                                                    const uint8_t *bytes, size_t size_bytes,
                                                    struct digit_error *error);

#endif
