#include "core/image/bmp.h"

#include <stdbool.h>

#include <digit/image.h>

#include "core/base/bytes.h"

#define FILE_HEADER_BYTES     14
#define HEADER_BYTES_MIN      40
#define PALETTE_ENTRY_BYTES   4
#define PALETTE_BITS_MAX      8
#define COMPRESSION_NONE      0
#define COMPRESSION_BITFIELDS 3

struct bmp_header {
    uint32_t pixels_at; /* from the first byte of the file */
    uint32_t header_bytes;
    uint32_t width_px;
    uint32_t height_px;
    uint32_t bits; /* per pixel */
    uint32_t compression;
};

static struct bmp_header read_header(const uint8_t *bytes)
{
    const uint32_t height = bytes_le32(bytes + 22);

    return (struct bmp_header){
        .pixels_at = bytes_le32(bytes + 10),
        .header_bytes = bytes_le32(bytes + 14),
        .width_px = bytes_le32(bytes + 18),
        .height_px = height > INT32_MAX ? 0 - height : height, /* negative: top row first */
        .bits = bytes_le16(bytes + 28),
        .compression = bytes_le32(bytes + 30),
    };
}

static enum digit_status check_kind(const struct bmp_header *header, struct digit_error *error)
{
    const uint32_t h = header->header_bytes;
    const uint32_t bits = header->bits;

    if (h != HEADER_BYTES_MIN && h != 56 && h != 108 && h != 124)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "bmp: a header of %u bytes; 40, 56, 108 and 124 are supported",
                          (unsigned)h);
    if (header->compression != COMPRESSION_NONE && header->compression != COMPRESSION_BITFIELDS)
        return digit_fail(error, DIGIT_UNSUPPORTED, "bmp: compression %u; 0 and 3 are supported",
                          (unsigned)header->compression);
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "bmp: %u bits per pixel; 1, 4, 8, 16, 24 and 32 are supported",
                          (unsigned)bits);
    return DIGIT_OK;
}

/* Rows are padded to whole 32-bit words. */
static uint64_t row_bytes(const struct bmp_header *header)
{
    return ((uint64_t)header->width_px * header->bits + 31) / 32 * 4;
}

static bool is_whole(const struct bmp_header *header, size_t size_bytes)
{
    const uint64_t row = row_bytes(header);

    if (header->pixels_at > size_bytes)
        return false;
    return row == 0 || header->height_px <= (size_bytes - header->pixels_at) / row;
}

static unsigned pixel_index(const uint8_t *row, size_t x, unsigned bits)
{
    const size_t bit = x * bits;

    return (unsigned)row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1);
}

static enum digit_status check_indexes(const struct bmp_header *header, const uint8_t *bytes,
                                       uint32_t colour_count, struct digit_error *error)
{
    const uint8_t *row = bytes + header->pixels_at;

    for (size_t y = 0; y < header->height_px; y++, row += row_bytes(header))
        for (size_t x = 0; x < header->width_px; x++)
            if (pixel_index(row, x, header->bits) >= colour_count)
                return digit_fail(error, DIGIT_MALFORMED,
                                  "bmp: a pixel has colour %u; the palette has %u colours",
                                  pixel_index(row, x, header->bits), (unsigned)colour_count);
    return DIGIT_OK;
}

/* The palette lies between the header and the pixels. */
static uint32_t palette_at(const struct bmp_header *header)
{
    return FILE_HEADER_BYTES + header->header_bytes;
}

static enum digit_status check_palette(const struct bmp_header *header, struct digit_error *error)
{
    if (header->pixels_at < palette_at(header) + PALETTE_ENTRY_BYTES)
        return digit_fail(error, DIGIT_MALFORMED,
                          "bmp: pixels at byte %u leave no room for a palette at byte %u",
                          (unsigned)header->pixels_at, (unsigned)palette_at(header));
    return DIGIT_OK;
}

enum digit_status image_bmp_check_pixels(const uint8_t *bytes, struct digit_error *error)
{
    const struct bmp_header header = read_header(bytes);

    if (header.bits > PALETTE_BITS_MAX)
        return DIGIT_OK;

    const uint32_t colour_count = (header.pixels_at - palette_at(&header)) / PALETTE_ENTRY_BYTES;

    if (colour_count >= 1u << header.bits)
        return DIGIT_OK;
    return check_indexes(&header, bytes, colour_count, error);
}

/* stb_image makes RGB of every picture, and RGB and alpha of those whose header has a mask for alpha. */
#define DECODED_PIXEL_BYTES 4
/* Luma and alpha; three channels and alpha of 16 bits. */
#define LUMA_ROW_BYTES   2
#define COLOUR_ROW_BYTES 8

static void note_header(struct image_measure *out, const struct bmp_header *header)
{
    out->components = header->bits <= PALETTE_BITS_MAX ? 1 : header->bits == 32 ? 4 : 3;
    out->component_bits = header->bits == 16 ? 5 : header->bits < 8 ? header->bits : 8;
    out->scan_count = 1;
    out->may_have_alpha = header->bits == 16 || header->bits == 32; /* by a mask */
    out->coded_bytes = row_bytes(header) * header->height_px;
    out->decoder_bytes = (uint64_t)header->width_px * header->height_px * DECODED_PIXEL_BYTES +
                         LUMA_ROW_BYTES * (uint64_t)header->width_px;
    out->colour_decoder_bytes =
        out->decoder_bytes + (COLOUR_ROW_BYTES - LUMA_ROW_BYTES) * (uint64_t)header->width_px;
}

enum digit_status image_bmp_measure(struct image_measure *out, const uint8_t *bytes,
                                    size_t size_bytes, struct digit_error *error)
{
    if (size_bytes < FILE_HEADER_BYTES + HEADER_BYTES_MIN)
        return digit_fail(error, DIGIT_MALFORMED,
                          "bmp: truncated: the headers need %d bytes, the data have %zu",
                          FILE_HEADER_BYTES + HEADER_BYTES_MIN, size_bytes);

    const struct bmp_header header = read_header(bytes);
    const enum digit_status status = check_kind(&header, error);

    if (status != DIGIT_OK)
        return status;
    if (!is_whole(&header, size_bytes))
        return digit_fail(error, DIGIT_MALFORMED,
                          "bmp: truncated: %zu bytes are too few for %ux%u px of %u bits",
                          size_bytes, (unsigned)header.width_px, (unsigned)header.height_px,
                          (unsigned)header.bits);
    out->width_px = header.width_px;
    out->height_px = header.height_px;
    if (header.width_px > DIGIT_IMAGE_SIDE_MAX_PX || header.height_px > DIGIT_IMAGE_SIDE_MAX_PX)
        return DIGIT_OK; /* beyond every limit */
    note_header(out, &header);
    if (header.bits <= PALETTE_BITS_MAX)
        return check_palette(&header, error);
    return DIGIT_OK;
}
