/*
 * Decodes PNG, JPEG and BMP pictures to 8-bit luma, or to one axis of their colours, tells beforehand what that
 * costs, and writes 28x28 PNGs.
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

/* Fewer levels of 256 than this, from the darkest to the lightest or from background to foreground, are low contrast. */
#define DIGIT_CONTRAST_LOW 48

/* No picture may have a longer side, whatever the limits. */
#define DIGIT_IMAGE_SIDE_MAX_PX 65535

/* The longest side of decoded luma; larger pictures are reduced, to no less than 1281 px. A digit of 1.5 % of that has
 * 19 px, about as many as in 28x28; in a photo of 12 megapixels, 30. */
#define DIGIT_LUMA_SIDE_MAX_PX 2560

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
    /* The same for digit_image_decode_by_colour. */
    uint64_t colour_cost_us;
    uint64_t colour_memory_bytes;
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
    size_t block_px;         /* at least 1 */
    uint64_t cost_us;        /* struct digit_image_probe's, of decoding and preprocessing it */
    uint64_t colour_cost_us; /* of another decoding, by colour */
    enum digit_image_format format;
    /* The picture may have other colours than greys. False for files that cannot store them, and for PNG and BMP
     * whose pixels are all grey. A JPEG that stores colours has it, even if all of them are grey. */
    bool has_colour;
    /* 16-bit samples used so little of their range, less than 48 of 256 levels, that the lowest and the highest luma
     * became 0 and 255. */
    bool stretched;
    /* By digit_image_decode_by_colour: the weights of red, green and blue in `luma`, a vector of length 1 that points
     * from the ink to the background; all 0 if it is an ordinary luma. And the contrast along that axis, in standard
     * deviations of the noise, or 0. */
    float colour_axis[3];
    float colour_contrast;
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
 *   JPEG is used as it is. 16-bit samples are scaled to 8 bits at the end; luma that spans less than 48 of 256
 *   levels of them is stretched.
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

/*
 * Decodes one picture a second time, for ink that is as light as its background but of another colour: what
 * digit_image_decode says, with these differences.
 *
 * - `luma` is the projection of red, green and blue on one axis, that of the greatest contrast between the picture's
 *   ink and its background compared with the background's noise and uneven light (docs/model.md#luma-by-colour). The
 *   background becomes 224 and the ink about 32. The same pixels give the same bytes on every machine.
 * - The picture is reduced to at most 512 px a side.
 * - If nothing stands out in the colours, by at least 16 of 255 levels and eight standard deviations of the noise,
 *   `luma` is that of digit_image_decode at this size, and colour_axis is 0.
 * - 16-bit samples that span less than 48 of 256 levels are stretched before, all channels alike.
 * - `limits` are compared with the probe's colour_cost_us and colour_memory_bytes.
 */
DIGIT_MUST_CHECK enum digit_status
digit_image_decode_by_colour(struct digit_image *out, const uint8_t *bytes, size_t size_bytes,
                             const struct digit_image_limits *limits,
                             struct digit_image_arena *arena, struct digit_error *error);

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
