/*
 * The structure of a JPEG file (ITU-T T.81), checked before stb_image decodes it: stb_image reads
 * zeros where data end, and trusts the sizes of Huffman tables and the number of scans.
 * Threads: any.
 */
#ifndef CORE_IMAGE_JPEG_H
#define CORE_IMAGE_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/* A scan costs time for every pixel, however few bytes it has. Encoders write up to about 12. */
#define JPEG_SCANS_MAX 32

/*
 * Sets the raster's width and height from the frame header, and its orientation from the first EXIF
 * segment if there is one, and whether its first component is luma; `bytes` begin with SOI. Walks
 * the segments to EOI, decoding and allocating nothing. Bytes after EOI are not looked at. JPEG
 * carries no checksum: damage inside the entropy-coded data can pass unseen. Errors: MALFORMED (the
 * data end before EOI, a segment runs over its end or holds what cannot be, no frame header or two),
 * UNSUPPORTED (not 8-bit baseline, extended or progressive Huffman coding), LIMIT (more than
 * JPEG_SCANS_MAX scans).
 */
DIGIT_MUST_CHECK enum digit_status image_jpeg_measure(struct raster *raster, const uint8_t *bytes,
                                                      size_t size_bytes, struct digit_error *error);

#endif
