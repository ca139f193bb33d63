/*
 * Decodes PNG, JPEG and BMP pictures to 8-bit luma, tells beforehand what that costs, and writes 28x28 PNGs.
 *
 *     struct digit_image image;
 *     status = digit_image_decode(&image, bytes, size_bytes, &limits, NULL, &error);
 *     digit_image_release(&image);
 *
 * Threads: any, on different objects.
 */
#ifndef DIGIT_IMAGE_H
#define DIGIT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#define DIGIT_SIDE_PX 28
#define DIGIT_PIXELS  784 /* DIGIT_SIDE_PX squared */

/* No picture may have a longer side, whatever the limits. */
#define DIGIT_IMAGE_SIDE_MAX_PX 65535

/* The longest side of decoded luma; larger pictures are reduced. It is large enough for every stroke that 28x28
 * pixels can show to be several pixels wide. */
#define DIGIT_LUMA_SIDE_MAX_PX 512

/* What a picture may have and cost; each is an upper limit that is itself allowed. */
struct digit_image_limits {
    size_t max_side_px;         /* width and height, 1 to DIGIT_IMAGE_SIDE_MAX_PX */
    size_t max_pixels;          /* width times height */
    uint64_t max_decoder_bytes; /* struct digit_image_probe's memory_bytes */
    uint64_t max_cost_us;       /* struct digit_image_probe's cost_us */
};

enum digit_image_format { DIGIT_IMAGE_PNG, DIGIT_IMAGE_JPEG, DIGIT_IMAGE_BMP };

/* What a picture's headers say. */
struct digit_image_probe {
    enum digit_image_format format;
    size_t width_px; /* as stored: an EXIF orientation may swap width and height */
    size_t height_px;
    size_t components;     /* samples of each pixel in the file, 1 to 4 */
    size_t component_bits; /* of each sample, 1 to 16 */
    bool progressive;      /* a progressive JPEG, or an interlaced PNG */
    size_t scans;          /* of a JPEG; 1 for other formats */
    size_t encoded_bytes;  /* the bytes that were given */
    /* What decoding and preprocessing take at most on the machine of the measurements in core/image/cost.c: CPU
     * time, and memory besides `encoded_bytes` and the preprocessor. */
    uint64_t cost_us;
    uint64_t memory_bytes;
};

/*
 * Memory for decoding, reused by one decoding after the other, so that small pictures need no allocation;
 * what does not fit comes from malloc. `bytes` is the caller's, aligned for any type. Threads: one at a time.
 */
struct digit_image_arena {
    unsigned char *bytes; /* [size_bytes] */
    size_t size_bytes;
    size_t used_bytes;
};

/* Enough for a PNG of 28x28: inflate's window and state, the rows, the luma and its sums. */
#define DIGIT_IMAGE_ARENA_BYTES 131072

struct digit_image {
    /* 0 black to 255 white, row-major; [height_px / block_px][width_px / block_px], both rounded up. Each is the
     * mean of block_px x block_px pixels of the picture; those in the last column and row may be of fewer. Owned
     * by the image. */
    uint8_t *luma;
    size_t width_px; /* of the upright picture */
    size_t height_px;
    size_t block_px;  /* at least 1 */
    uint64_t cost_us; /* struct digit_image_probe's, of decoding and preprocessing it */
    enum digit_image_format format;
    /* How the EXIF orientation was applied: first mirrored left to right, then rotated. */
    bool mirrored;
    uint16_t rotation_deg;                 /* clockwise: 0, 90, 180 or 270 */
    const struct digit_image_arena *arena; /* may hold `luma`; borrowed; NULL: none */
};

/*
 * Looks at the headers of one picture and checks them against `limits`; digit_image_decode begins with the same.
 * Decodes and allocates nothing. Time: one pass over the chunks of a PNG or the markers of a JPEG, at most about
 * 5 ms for each MiB, and usually a few microseconds. `out` is set on success, and if the error is LIMIT.
 *
 * Errors: UNSUPPORTED (another format, or an unsupported variant of these), MALFORMED (truncated, or headers that
 * contradict the format; more data than the picture can need), LIMIT (one of `limits`, or more than 32 scans).
 */
DIGIT_MUST_CHECK enum digit_status digit_image_probe(struct digit_image_probe *out,
                                                     const uint8_t *bytes, size_t size_bytes,
                                                     const struct digit_image_limits *limits,
                                                     struct digit_error *error);

/*
 * Decodes one picture. The first bytes decide the format: PNG (every colour type, depth and interlacing), JPEG
 * (8-bit Huffman coding, baseline or progressive; by libjpeg-turbo or stb_image, as built), BMP (uncompressed;
 * by stb_image).
 *
 * - Colour becomes luma by ITU-R BT.601, (299 R + 587 G + 114 B) / 1000 rounded half up. The Y of a YCbCr
 *   JPEG is used as it is. 16-bit samples are scaled to 8 bits.
 * - Transparent pixels are blended with one contrasting background: white if the alpha-weighted mean luma is
 *   below 128, else black.
 * - The EXIF orientation is applied (CIPA DC-008, tag 0x0112; the first EXIF segment of a JPEG, the eXIf
 *   chunk of a PNG); a damaged EXIF block is ignored. Gamma and colour profiles are not applied.
 * - A picture with a side above DIGIT_LUMA_SIDE_MAX_PX is reduced by the smallest whole number that makes it fit.
 *   libjpeg-turbo scales a JPEG by 1/2, 1/4 or 1/8 while decoding, to no less than that size.
 *
 * Before anything is decoded or allocated, the picture is probed. Bytes after the picture are ignored, and so are
 * data after the last row. `arena`, which may be NULL, is emptied and used; the picture is then valid until the
 * next decoding with the same arena. On success the caller owns `out` and releases it; on failure `out` owns
 * nothing.
 *
 * Errors: those of digit_image_probe, LIMIT (far more blocks of deflate than encoders write), MALFORMED (corrupt, or data that end too early; JPEG and BMP have no
 * checksums, so not all damage is detected), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_image_decode(struct digit_image *out, const uint8_t *bytes,
                                                      size_t size_bytes,
                                                      const struct digit_image_limits *limits,
                                                      struct digit_image_arena *arena,
                                                      struct digit_error *error);

/* Upper limit of what digit_image_write_png writes: 812 bytes of rows with their filter types, which zlib
 * makes at most 5 bytes longer, and the chunks around them. */
#define DIGIT_PNG_MAX_BYTES 1024

/* Writes grey [28][28] row-major, 0 black to 255 white, as an 8-bit greyscale PNG. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status digit_image_write_png(uint8_t out[DIGIT_PNG_MAX_BYTES],
                                                         size_t *size_bytes,
                                                         const uint8_t grey[DIGIT_PIXELS],
                                                         struct digit_error *error);

/* Frees what `image` owns and zeroes it. A zeroed image may be released too. */
void digit_image_release(struct digit_image *image);

#endif
