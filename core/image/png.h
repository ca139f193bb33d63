/*
 * Decodes PNG (W3C PNG, third edition): every colour type, depth and interlacing. Gamma, profiles, text and all other ancillary chunks except tRNS and eXIf are skipped unread.
 * Threads: any.
 */
#ifndef CORE_IMAGE_PNG_H
#define CORE_IMAGE_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/measure.h"
#include "core/image/reduction.h"

/*
 * Measures a PNG from IHDR, the lengths of its chunks, and the first eXIf chunk of at most 65,535 bytes, if there
 * is one and its checksum is correct, for the orientation; `bytes` begin with the PNG signature. Walks over the chunks to IEND;
 * decodes and allocates nothing, and ignores bytes after IEND.
 * Errors: MALFORMED (IHDR is not the first chunk, its values are not PNG's, or the data end before IEND).
 */
DIGIT_MUST_CHECK enum digit_status image_png_measure(struct image_measure *out,
                                                     const uint8_t *bytes, size_t size_bytes,
                                                     struct digit_error *error);

/*
 * Decodes bytes that image_png_measure accepted, whose sides are 1 to 65535 px, into `reduction`, which it
 * begins. Its kind is REDUCTION_LUMA if samples have up to 8 bits, REDUCTION_DEEP_LUMA if they have 16, or
 * REDUCTION_COLOUR; any_order is the measure's. Inflates the rows and nothing behind them. Memory: two rows and inflate's state, from the reduction's
 * arena. Errors: LIMIT (far more blocks of deflate than encoders write), MALFORMED (a wrong checksum of a chunk that matters or of the rows, damaged or too little data,
 * more data than the rows can take, a colour outside the palette, chunks out of order), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status image_png_decode(struct reduction *reduction,
                                                    const struct image_measure *measure,
                                                    const uint8_t *bytes, size_t size_bytes,
                                                    struct digit_error *error);

#endif
