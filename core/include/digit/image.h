/*
 * Decodes PNG, JPEG and BMP pictures to 8-bit luma, and writes 28x28 PNGs.
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

struct digit_image_limits {
    size_t max_side_px; /* maximum width and height, 1 to 65535 */
    size_t max_pixels;  /* maximum width times height */
};

enum digit_image_format { DIGIT_IMAGE_PNG, DIGIT_IMAGE_JPEG, DIGIT_IMAGE_BMP };

/*
 * Memory for decoding, reused by one decoding after the other, so that small pictures need no allocation;
 * what does not fit comes from malloc. `bytes` is the caller's, aligned for any type. Threads: one at a time.
 */
struct digit_image_arena {
    unsigned char *bytes; /* [size_bytes] */
    size_t size_bytes;
    size_t used_bytes;
};

/* Enough for a PNG of 28x28: inflate's window and state, libpng's state and the rows. */
#define DIGIT_IMAGE_ARENA_BYTES 131072

struct digit_image {
    uint8_t *luma; /* [height_px][width_px] row-major, 0 black to 255 white; owned by the image */
    size_t width_px;
    size_t height_px;
    enum digit_image_format format;
    /* How the EXIF orientation was applied: first mirrored left to right, then rotated. */
    bool mirrored;
    uint16_t rotation_deg;                 /* clockwise: 0, 90, 180 or 270 */
    const struct digit_image_arena *arena; /* may hold `luma`; borrowed; NULL: none */
};

/*
 * Decodes one picture. The first bytes decide the format: PNG (every colour type, depth and interlacing; by
 * libpng), JPEG (8-bit Huffman coding, baseline or progressive; by stb_image), BMP (uncompressed; by
 * stb_image).
 *
 * - Colour becomes luma by ITU-R BT.601, (299 R + 587 G + 114 B) / 1000 rounded half up. The Y of a YCbCr
 *   JPEG is used as it is. 16-bit samples are scaled to 8 bits.
 * - Transparent pixels are blended with one contrasting background: white if the alpha-weighted mean luma is
 *   below 128, else black.
 * - The EXIF orientation is applied (CIPA DC-008, tag 0x0112; the first EXIF segment of a JPEG, the eXIf
 *   chunk of a PNG); a damaged EXIF block is ignored. Gamma and colour profiles are not applied.
 *
 * Before anything is decoded or allocated, the data are parsed to their end and the dimensions checked
 * against `limits`. Memory stays below 16 bytes per pixel, with sides rounded up to 32. Bytes after the
 * picture are ignored. `arena`, which may be NULL, is emptied and used; the picture is then valid until the
 * next decoding with the same arena. On success the caller owns `out` and releases it; on failure `out` owns
 * nothing.
 *
 * Errors: UNSUPPORTED (another format, or an unsupported variant of these), MALFORMED (truncated or corrupt;
 * JPEG and BMP have no checksums, so not all damage is detected), LIMIT (dimensions, number of JPEG scans),
 * NO_MEMORY.
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
