/*
 * Measures a JPEG file (ITU-T T.81), and decodes it with libjpeg-turbo (jpeg_turbo.c) or, in a build with
 * DIGITD_JPEG=stb, with stb_image (stb.c).
 *
 * Colours, as ITU-T T.871 and Adobe's APP14 segment say: three components are YCbCr, unless their identifiers
 * are R, G and B, or Adobe's segment says RGB and there is no JFIF segment; their Y is used as it is. Four are
 * CMYK or YCCK, with Adobe's inverted values, if its segment says so; otherwise the first three are YCbCr and
 * the fourth is ignored.
 *
 * Threads: any.
 */
#ifndef CORE_IMAGE_JPEG_H
#define CORE_IMAGE_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/measure.h"
#include "core/image/reduction.h"

/* Each scan costs time for every pixel, however few bytes it has. Encoders write up to about 12. */
#define JPEG_SCANS_MAX 32

#define JPEG_COMPONENTS_MAX 4
#define JPEG_SAMPLING_MAX   4
#define JPEG_BLOCK_PX       8
#define JPEG_BLOCK_SAMPLES  64

/* The sizes of a frame, by which decoders compute the memory that they need. */
struct jpeg_frame {
    size_t width_px;
    size_t height_px;
    size_t component_count;
    struct {
        unsigned id;
        size_t across; /* sampling factors, 1 to 4 */
        size_t down;
        uint64_t blocks; /* with those that fill up the last unit of several components */
    } components[JPEG_COMPONENTS_MAX];
    enum jpeg_colour colour;
    bool progressive;
    /* A scan has not all components, so nothing can be decoded before the last one. */
    bool keeps_coefficients;
};

/*
 * Measures a JPEG from its segments: sizes and components from the frame header, the orientation from the first
 * EXIF segment, the blocks that its scans pass over; `bytes` begin with SOI. Walks over the segments to EOI;
 * decodes and allocates nothing, and ignores bytes after EOI. JPEG has no checksum: damage within the
 * entropy-coded data may not be detected. Errors: MALFORMED (the data end before EOI, a segment is too long
 * or has invalid contents, no frame header or two), UNSUPPORTED (not 8-bit baseline, extended or progressive
 * Huffman coding of one, three or four components), LIMIT (more than JPEG_SCANS_MAX scans).
 */
DIGIT_MUST_CHECK enum digit_status image_jpeg_measure(struct image_measure *out,
                                                      const uint8_t *bytes, size_t size_bytes,
                                                      struct digit_error *error);

/* The memory that image_jpeg_decode allocates for a frame, besides the reduction, for luma or for colour. */
uint64_t image_jpeg_decoder_bytes(const struct jpeg_frame *frame, bool colour);

/*
 * Decodes bytes that image_jpeg_measure accepted, whose sides are 1 to 65535 px, into `reduction`, which it
 * begins, of REDUCTION_LUMA or REDUCTION_COLOUR. Errors: MALFORMED (with the decoder's message: corrupt or too little data), LIMIT (sides above
 * 65500 px, which libjpeg-turbo does not take), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status image_jpeg_decode(struct reduction *reduction,
                                                     const struct image_measure *measure,
                                                     const uint8_t *bytes, size_t size_bytes,
                                                     struct digit_error *error);

#endif
