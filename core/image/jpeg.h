/*
 * Checks the structure of a JPEG file (ITU-T T.81) before stb_image decodes it: stb_image reads zeros after
 * the end of the data, and trusts the sizes of Huffman tables and the number of scans.
 * Threads: any.
 */
#ifndef CORE_IMAGE_JPEG_H
#define CORE_IMAGE_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/raster.h"

/* Each scan costs time for every pixel, however few bytes it has. Encoders write up to about 12. */
#define JPEG_SCANS_MAX 32

/*
 * Sets the raster's width and height from the frame header, its orientation from the first EXIF segment, if
 * there is one, and whether its first component is luma; `bytes` begin with SOI. Walks over the segments to
 * EOI; decodes and allocates nothing, and ignores bytes after EOI. JPEG has no checksum: damage within the
 * entropy-coded data may not be detected. Errors: MALFORMED (the data end before EOI, a segment is too long
 * or has invalid contents, no frame header or two), UNSUPPORTED (not 8-bit baseline, extended or progressive
 * Huffman coding), LIMIT (more than JPEG_SCANS_MAX scans).
 */
DIGIT_MUST_CHECK enum digit_status image_jpeg_measure(struct raster *raster, const uint8_t *bytes,
                                                      size_t size_bytes, struct digit_error *error);

#endif
