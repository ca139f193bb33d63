/*
 * The chunks of a PNG (W3C PNG, third edition, sections 5 and 11), one after the other, and the header.
 * Threads: any.
 */
#ifndef CORE_IMAGE_PNG_CHUNKS_H
#define CORE_IMAGE_PNG_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PNG_SIGNATURE_BYTES  8
#define PNG_IHDR_BYTES       13
#define PNG_CHUNK_HEAD_BYTES 8 /* length, type */
#define PNG_DEPTH_MAX        16

/* Colour types; bit 0: palette, bit 1: colour, bit 2: alpha. */
enum png_colour {
    PNG_GREY = 0,
    PNG_RGB = 2,
    PNG_PALETTE = 3,
    PNG_GREY_ALPHA = 4,
    PNG_RGB_ALPHA = 6,
};

struct png_header {
    uint32_t width_px;
    uint32_t height_px;
    unsigned depth; /* bits of a sample */
    unsigned colour;
    unsigned compression;
    unsigned filter;
    unsigned interlace; /* 1: Adam7 */
};

struct png_chunk {
    const uint8_t *type; /* four letters */
    const uint8_t *data; /* [size_bytes] */
    size_t size_bytes;
};

/* Reads the chunk at byte *at and moves *at behind it; false, with *at unchanged, if it is truncated. */
bool png_next_chunk(struct png_chunk *out, const uint8_t *bytes, size_t size_bytes, size_t *at);

/* Whether the chunk has this type, as "IDAT". */
bool png_chunk_is(const struct png_chunk *chunk, const char *type);

/* Whether a decoder that does not know the chunk may skip it. */
bool png_chunk_is_ancillary(const struct png_chunk *chunk);

/* Whether the chunk's checksum is correct. */
bool png_chunk_is_intact(const struct png_chunk *chunk);

/* Reads the data of IHDR [PNG_IHDR_BYTES]; the values are not checked. */
struct png_header png_read_header(const uint8_t *data);

/* Samples of each pixel in the file; 0 for an unknown colour type. */
unsigned png_components(unsigned colour);

/* The bytes of a row of `width_px` pixels, without its filter type. */
uint64_t png_row_bytes(const struct png_header *header, size_t width_px);

/* One pass over a picture: its first pixel, and the distance to the next. A picture that is not interlaced
 * has one pass, Adam7 has seven, of which some may be empty. */
struct png_pass {
    size_t x_px;
    size_t y_px;
    size_t step_across_px;
    size_t step_down_px;
    size_t width_px;  /* pixels in a row */
    size_t height_px; /* rows; 0 if a row has no pixels */
};

size_t png_pass_count(const struct png_header *header);
struct png_pass png_pass_of(const struct png_header *header, size_t index);

/* All rows with their filter types: what inflate must produce. */
uint64_t png_inflated_bytes(const struct png_header *header);

#endif
