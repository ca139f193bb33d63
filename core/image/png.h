/*
 * PNG through libpng's row interface (W3C PNG, third edition).
 *
 * Every colour type, depth and interlacing; 16-bit samples are scaled to 8. Gamma, profiles, text
 * and every other ancillary chunk but tRNS and eXIf are passed over unread. Threads: any.
 */
#ifndef CORE_IMAGE_PNG_H
#define CORE_IMAGE_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/*
 * Sets the raster's width and height from IHDR, and its orientation from the first eXIf chunk if
 * there is one, whose checksum must be right to count; `bytes` begin with the PNG signature. Walks
 * the chunks to IEND, decoding and allocating nothing. Bytes after IEND are not looked at. Errors:
 * MALFORMED (IHDR does not come first, or the data end before IEND).
 */
DIGIT_MUST_CHECK enum digit_status image_png_measure(struct raster *raster, const uint8_t *bytes,
                                                     size_t size_bytes, struct digit_error *error);

/*
 * Decodes bytes that image_png_measure took into raster->samples, which the caller frees, and sets
 * channels. Width and height are those measured, above 0, their product at most SIZE_MAX.
 * Memory: the samples, libpng's few rows and inflate's window.
 * Errors: MALFORMED (libpng's own words), NO_MEMORY; nothing is then owned.
 */
DIGIT_MUST_CHECK enum digit_status image_png_decode(struct raster *raster, const uint8_t *bytes,
                                                    size_t size_bytes, struct digit_error *error);

#endif
