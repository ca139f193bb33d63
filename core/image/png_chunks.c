#include "core/image/png_chunks.h"

#include <string.h>

#include <zlib.h>

#include "core/base/bytes.h"

#define CRC_BYTES     4
#define TYPE_BYTES    4
#define ANCILLARY_BIT 0x20 /* of the type's first letter */
#define ADAM7_PASSES  7

bool png_next_chunk(struct png_chunk *out, const uint8_t *bytes, size_t size_bytes, size_t *at)
{
    const size_t left_bytes = size_bytes - *at;

    if (left_bytes < PNG_CHUNK_HEAD_BYTES + CRC_BYTES)
        return false;

    const size_t data_bytes = bytes_be32(bytes + *at);

    if (data_bytes > left_bytes - PNG_CHUNK_HEAD_BYTES - CRC_BYTES)
        return false;
    out->type = bytes + *at + TYPE_BYTES;
    out->data = bytes + *at + PNG_CHUNK_HEAD_BYTES;
    out->size_bytes = data_bytes;
    *at += PNG_CHUNK_HEAD_BYTES + data_bytes + CRC_BYTES;
    return true;
}

bool png_chunk_is(const struct png_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, TYPE_BYTES) == 0;
}

bool png_chunk_is_ancillary(const struct png_chunk *chunk)
{
    return (chunk->type[0] & ANCILLARY_BIT) != 0;
}

bool png_chunk_is_intact(const struct png_chunk *chunk)
{
    const uint32_t crc = bytes_be32(chunk->data + chunk->size_bytes);

    return crc32_z(0, chunk->type, TYPE_BYTES + chunk->size_bytes) == crc;
}

struct png_header png_read_header(const uint8_t *data)
{
    return (struct png_header){
        .width_px = bytes_be32(data),
        .height_px = bytes_be32(data + 4),
        .depth = data[8],
        .colour = data[9],
        .compression = data[10],
        .filter = data[11],
        .interlace = data[12],
    };
}

unsigned png_components(unsigned colour)
{
    switch (colour) {
    case PNG_GREY:
    case PNG_PALETTE:
        return 1;
    case PNG_GREY_ALPHA:
        return 2;
    case PNG_RGB:
        return 3;
    case PNG_RGB_ALPHA:
        return 4;
    default:
        return 0;
    }
}

uint64_t png_row_bytes(const struct png_header *header, size_t width_px)
{
    return ((uint64_t)width_px * png_components(header->colour) * header->depth + 7) / 8;
}

size_t png_pass_count(const struct png_header *header)
{
    return header->interlace != 0 ? ADAM7_PASSES : 1;
}

/* How many of the pixels from `first` on, `step` apart, lie within `side_px`. */
static size_t pixels_along(size_t side_px, size_t first, size_t step)
{
    return side_px > first ? (side_px - first + step - 1) / step : 0;
}

struct png_pass png_pass_of(const struct png_header *header, size_t index)
{
    static const struct png_pass adam7[ADAM7_PASSES] = {
        {0, 0, 8, 8, 0, 0}, {4, 0, 8, 8, 0, 0}, {0, 4, 4, 8, 0, 0}, {2, 0, 4, 4, 0, 0},
        {0, 2, 2, 4, 0, 0}, {1, 0, 2, 2, 0, 0}, {0, 1, 1, 2, 0, 0},
    };
    struct png_pass pass = {0, 0, 1, 1, 0, 0};

    if (header->interlace != 0)
        pass = adam7[index];
    pass.width_px = pixels_along(header->width_px, pass.x_px, pass.step_across_px);
    if (pass.width_px > 0)
        pass.height_px = pixels_along(header->height_px, pass.y_px, pass.step_down_px);
    return pass;
}

uint64_t png_inflated_bytes(const struct png_header *header)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < png_pass_count(header); i++) {
        const struct png_pass pass = png_pass_of(header, i);

        sum += pass.height_px * (1 + png_row_bytes(header, pass.width_px));
    }
    return sum;
}
