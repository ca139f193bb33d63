/*
 * Encoded picture in, luma out.
 *
 *     struct digit_image image;
 *     status = digit_image_decode(&image, bytes, size_bytes, &limits, NULL, &error);
 *     digit_image_release(&image);
 *
 * Threads: every function may run in any number of threads on different objects.
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
    size_t max_side_px; /* longest width or height, 1 to 65535 */
    size_t max_pixels;  /* largest width times height */
};

enum digit_image_format { DIGIT_IMAGE_PNG, DIGIT_IMAGE_JPEG, DIGIT_IMAGE_BMP };

/*
 * Memory that decodings use one after the other, so that small pictures need none of their own; what
 * does not fit comes from malloc. `bytes` is the caller's, aligned for any type. One thread at a time.
 */
struct digit_image_arena {
    unsigned char *bytes; /* [size_bytes] */
    size_t size_bytes;
    size_t used_bytes;
};

/* What a PNG of 28x28 needs: inflate's window and state, libpng's, the rows. */
#define DIGIT_IMAGE_ARENA_BYTES 131072

struct digit_image {
    uint8_t *luma; /* [height_px][width_px] row-major, 0 black to 255 white; owned by the image */
    size_t width_px;
    size_t height_px;
    enum digit_image_format format;
    /* How EXIF's orientation brought it upright: first mirrored left to right, then turned. */
    bool mirrored;
    uint16_t rotation_deg;                 /* clockwise: 0, 90, 180 or 270 */
    const struct digit_image_arena *arena; /* that luma may lie in; borrowed */
};

/*
 * Decodes one picture. The bytes decide the format: PNG (every colour type, depth and interlacing,
 * by libpng), JPEG (8-bit Huffman, baseline or progressive) and BMP (uncompressed; both by
 * stb_image). Colour becomes luma by ITU-R BT.601, (299 R + 587 G + 114 B) / 1000 rounded half up; a
 * YCbCr JPEG has it already, as its Y. 16-bit samples are scaled to 8. Transparent pixels are laid
 * on one ground that contrasts with what is opaque: white if the alpha-weighted mean luma is below
 * 128, else black. EXIF's orientation (CIPA DC-008, tag 0x0112; a JPEG's first EXIF segment, a PNG's
 * eXIf chunk) is applied, a damaged EXIF block has none; gamma and colour profiles are not applied.
 * Before anything is decoded or allocated the data are walked to their end and the dimensions held
 * to `limits`; memory stays below 16 bytes a pixel, sides rounded up to 32. Bytes behind the picture
 * are not looked at. `arena`, which may be NULL, is emptied and used; the picture then lasts until
 * the next decoding with it. On success the caller owns `out` and releases it; on failure `out` holds
 * nothing. Errors: UNSUPPORTED (none of the formats, or a kind of them that is not taken), MALFORMED
 * (truncated or corrupt; JPEG and BMP carry no checksum, so that not all damage shows), LIMIT
 * (dimensions, scans of a JPEG), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_image_decode(struct digit_image *out, const uint8_t *bytes,
                                                      size_t size_bytes,
                                                      const struct digit_image_limits *limits,
                                                      struct digit_image_arena *arena,
                                                      struct digit_error *error);

/* Room for any picture of 28x28 as digit_image_write_png writes it: 812 bytes of lines and their
 * filters, which zlib makes 5 bytes longer at worst, and the chunks around them. */
#define DIGIT_PNG_MAX_BYTES 1024

/*
 * Writes grey [28][28] row-major, 0 black to 255 white, as a PNG of 8 bits of grey. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_image_write_png(uint8_t out[DIGIT_PNG_MAX_BYTES],
                                                         size_t *size_bytes,
                                                         const uint8_t grey[DIGIT_PIXELS],
                                                         struct digit_error *error);

/* Frees what `image` owns and zeroes it; a zeroed image is taken too. */
void digit_image_release(struct digit_image *image);

#endif
