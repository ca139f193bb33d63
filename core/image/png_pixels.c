#include "core/image/png_pixels.h"

#include <string.h>

#include "core/base/bytes.h"
#include "core/image/luma.h"

#define COLOUR_BYTES  3
#define OCTET_TO_DEEP 257 /* 65,535 / 255 */

void png_colours_begin(struct png_colours *colours, const struct png_header *header)
{
    memset(colours, 0, sizeof *colours);
    memset(colours->alpha, 255, sizeof colours->alpha);
    colours->has_alpha = header->colour == PNG_GREY_ALPHA || header->colour == PNG_RGB_ALPHA;
}

void png_colours_take_palette(struct png_colours *colours, const struct png_header *header,
                              const struct png_chunk *chunk)
{
    const size_t usable = (size_t)1 << header->depth;
    const size_t count = chunk->size_bytes / COLOUR_BYTES;

    colours->count = count < usable ? count : usable;
    for (size_t i = 0; i < colours->count; i++) {
        const uint8_t *rgb = chunk->data + i * COLOUR_BYTES;

        memcpy(colours->rgb[i], rgb, COLOUR_BYTES);
        colours->luma[i] = luma_of(rgb[0], rgb[1], rgb[2]);
        colours->has_colour |= rgb[0] != rgb[1] || rgb[1] != rgb[2];
    }
}

void png_colours_take_transparency(struct png_colours *colours, const struct png_header *header,
                                   const struct png_chunk *chunk)
{
    const size_t components = png_components(header->colour);

    if (header->colour == PNG_PALETTE) {
        if (chunk->size_bytes == 0 || chunk->size_bytes > colours->count)
            return;
        memcpy(colours->alpha, chunk->data, chunk->size_bytes);
        colours->has_alpha = true;
        return;
    }
    if (colours->has_alpha || chunk->size_bytes != 2 * components)
        return;
    for (size_t i = 0; i < components; i++)
        colours->transparent[i] = bytes_be16(chunk->data + 2 * i) & ((1u << header->depth) - 1);
    colours->has_transparent = true;
    colours->has_alpha = true;
}

/* Sample `index` of a row, unscaled. */
static inline unsigned sample_at(const uint8_t *row, size_t index, unsigned depth)
{
    const size_t bit = index * depth;

    if (depth == PNG_DEPTH_MAX)
        return bytes_be16(row + 2 * index);
    return (unsigned)row[bit / 8] >> (8 - depth - bit % 8) & ((1u << depth) - 1);
}

/* One or more pixels in each byte: grey of up to 8 bits, or indexes of colours. */
static void convert_indexes(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                            const struct png_header *header, const struct png_colours *colours)
{
    const unsigned scale = 255 / ((1u << header->depth) - 1);
    const bool is_palette = header->colour == PNG_PALETTE;

    for (size_t i = 0; i < count; i++) {
        const unsigned sample = sample_at(row, i, header->depth);

        luma[i] = is_palette ? colours->luma[sample] : (uint8_t)(sample * scale);
        if (is_palette && alpha != NULL)
            alpha[i] = colours->alpha[sample];
        else if (alpha != NULL)
            alpha[i] = sample == colours->transparent[0] ? 0 : 255;
    }
}

static void convert_grey_8(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                           size_t pixel_bytes)
{
    for (size_t i = 0; i < count; i++, row += pixel_bytes) {
        luma[i] = row[0];
        if (alpha != NULL)
            alpha[i] = row[pixel_bytes - 1];
    }
}

static void convert_rgb_8(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                          size_t pixel_bytes)
{
    for (size_t i = 0; i < count; i++, row += pixel_bytes) {
        luma[i] = luma_of(row[0], row[1], row[2]);
        if (alpha != NULL)
            alpha[i] = row[pixel_bytes - 1];
    }
}

/* Whether all samples of pixel `index` are those of the transparent colour. */
static bool is_transparent(const uint8_t *row, size_t index, const struct png_header *header,
                           const struct png_colours *colours)
{
    const size_t components = png_components(header->colour);
    bool is_equal = true;

    for (size_t c = 0; c < components; c++)
        is_equal &=
            sample_at(row, index * components + c, header->depth) == colours->transparent[c];
    return is_equal;
}

/* Alpha by tRNS. */
static void find_transparent(uint8_t *alpha, const uint8_t *row, size_t count,
                             const struct png_header *header, const struct png_colours *colours)
{
    for (size_t i = 0; i < count; i++)
        alpha[i] = is_transparent(row, i, header, colours) ? 0 : UINT8_MAX;
}

static void find_deep_transparent(uint16_t *alpha, const uint8_t *row, size_t count,
                                  const struct png_header *header,
                                  const struct png_colours *colours)
{
    for (size_t i = 0; i < count; i++)
        alpha[i] = is_transparent(row, i, header, colours) ? 0 : UINT16_MAX;
}

static bool is_grey(const struct png_header *header)
{
    return header->colour == PNG_GREY || header->colour == PNG_GREY_ALPHA;
}

static size_t pixel_bytes_of(const struct png_header *header)
{
    return png_components(header->colour) * header->depth / 8;
}

void png_convert_row(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                     const struct png_header *header, const struct png_colours *colours)
{
    uint8_t *stored_alpha = colours->has_transparent ? NULL : alpha;

    if (header->colour == PNG_PALETTE || header->depth < 8) {
        convert_indexes(luma, alpha, row, count, header, colours);
        return;
    }
    if (colours->has_transparent && alpha != NULL)
        find_transparent(alpha, row, count, header, colours);
    if (is_grey(header))
        convert_grey_8(luma, stored_alpha, row, count, pixel_bytes_of(header));
    else
        convert_rgb_8(luma, stored_alpha, row, count, pixel_bytes_of(header));
}

/* Samples of one channel, scaled to 16 bits. */
static void convert_channel(uint16_t *out, const uint8_t *row, size_t count, size_t channel,
                            const struct png_header *header)
{
    const size_t components = png_components(header->colour);
    const unsigned scale = UINT16_MAX / ((1u << header->depth) - 1);

    if (header->depth == 8)
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)(row[i * components + channel] * scale);
    else
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)(sample_at(row, i * components + channel, header->depth) * scale);
}

/* Alpha is the last sample of a pixel, if it is not by tRNS. */
static void convert_alpha(uint16_t *alpha, const uint8_t *row, size_t count,
                          const struct png_header *header, const struct png_colours *colours)
{
    if (colours->has_transparent)
        find_deep_transparent(alpha, row, count, header, colours);
    else
        convert_channel(alpha, row, count, png_components(header->colour) - 1, header);
}

void png_convert_deep_row(uint16_t *luma, uint16_t *alpha, const uint8_t *row, size_t count,
                          const struct png_header *header, const struct png_colours *colours)
{
    const size_t pixel_bytes = pixel_bytes_of(header);

    if (alpha != NULL)
        convert_alpha(alpha, row, count, header, colours);
    if (is_grey(header)) {
        convert_channel(luma, row, count, 0, header);
        return;
    }
    for (size_t i = 0; i < count; i++, row += pixel_bytes)
        luma[i] = luma_of_deep((uint16_t)bytes_be16(row), (uint16_t)bytes_be16(row + 2),
                               (uint16_t)bytes_be16(row + 4));
}

static void convert_palette(uint16_t *const rgb[COLOUR_BYTES], uint16_t *alpha, const uint8_t *row,
                            size_t count, const struct png_header *header,
                            const struct png_colours *colours)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned index = sample_at(row, i, header->depth);

        for (size_t c = 0; c < COLOUR_BYTES; c++)
            rgb[c][i] = (uint16_t)(colours->rgb[index][c] * OCTET_TO_DEEP);
        if (alpha != NULL)
            alpha[i] = (uint16_t)(colours->alpha[index] * OCTET_TO_DEEP);
    }
}

void png_convert_colour_row(uint16_t *const rgb[3], uint16_t *alpha, const uint8_t *row,
                            size_t count, const struct png_header *header,
                            const struct png_colours *colours)
{
    if (header->colour == PNG_PALETTE) {
        convert_palette(rgb, alpha, row, count, header, colours);
        return;
    }
    if (alpha != NULL)
        convert_alpha(alpha, row, count, header, colours);
    for (size_t c = 0; c < COLOUR_BYTES; c++)
        convert_channel(rgb[c], row, count, is_grey(header) ? 0 : c, header);
}

/* Whether some pixel's samples of `sample_bytes` differ. */
static inline bool differ(const uint8_t *row, size_t count, size_t pixel_bytes, size_t sample_bytes)
{
    unsigned differences = 0;

    for (size_t i = 0; i < count; i++, row += pixel_bytes)
        for (size_t byte = 0; byte < sample_bytes; byte++)
            differences |= (unsigned)(row[byte] ^ row[byte + sample_bytes]) |
                           (unsigned)(row[byte] ^ row[byte + 2 * sample_bytes]);
    return differences != 0;
}

/* Compilers make the most of numbers that they know. */
bool png_row_has_colour(const uint8_t *row, size_t count, const struct png_header *header,
                        const struct png_colours *colours)
{
    if (header->colour == PNG_PALETTE || is_grey(header))
        return colours->has_colour;
    switch (pixel_bytes_of(header)) {
    case 3:
        return differ(row, count, 3, 1);
    case 4:
        return differ(row, count, 4, 1);
    case 6:
        return differ(row, count, 6, 2);
    default:
        return differ(row, count, 8, 2);
    }
}
