/*
 * Decodes PNG (W3C PNG, third edition) with libpng's row interface: every colour type, depth and interlacing.
 * 16-bit samples are scaled to 8. Gamma, profiles, text and all other ancillary chunks except tRNS and eXIf
 * are ignored. Threads: any.
 */
#ifndef CORE_IMAGE_PNG_H
#define CORE_IMAGE_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/*
 * Sets the raster's width and height from IHDR, and its orientation from the first eXIf chunk, if there is one
 * and its checksum is correct; `bytes` begin with the PNG signature. Walks over the chunks to IEND; decodes and
 * allocates nothing, and ignores bytes after IEND. Errors: MALFORMED (IHDR is not the first chunk, or the data
 * end before IEND).
 */
DIGIT_MUST_CHECK enum digit_status image_png_measure(struct raster *raster, const uint8_t *bytes,
                                                     size_t size_bytes, struct digit_error *error);

/*
 * Decodes bytes that image_png_measure accepted into raster->samples, which the caller frees with arena_give,
 * and sets raster->channels. Width and height are those measured, above 0, and their product is at most
 * SIZE_MAX. Memory: the samples, a few rows for libpng and inflate's window.
 * Errors: MALFORMED (with libpng's message), NO_MEMORY; nothing is then owned.
 */
DIGIT_MUST_CHECK enum digit_status image_png_decode(struct raster *raster, const uint8_t *bytes,
                                                    size_t size_bytes, struct digit_error *error);

#endif
