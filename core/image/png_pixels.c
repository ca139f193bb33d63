#include "core/image/png_pixels.h"

#include <string.h>

#include "core/base/bytes.h"
#include "core/image/luma.h"

#define COLOUR_BYTES 3
#define DEPTH_MAX    16

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

        colours->luma[i] = luma_of(rgb[0], rgb[1], rgb[2]);
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

/* Scales 16 bits to 8, rounded to nearest. */
static uint8_t scale_16(const uint8_t *sample)
{
    return (uint8_t)((bytes_be16(sample) * 255 + 32895) >> 16);
}

/* One or more pixels in each byte: grey of up to 8 bits, or indexes of colours. */
static void convert_indexes(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                            const struct png_header *header, const struct png_colours *colours)
{
    const unsigned mask = (1u << header->depth) - 1;
    const unsigned scale = 255 / mask;
    const bool is_palette = header->colour == PNG_PALETTE;

    for (size_t i = 0; i < count; i++) {
        const size_t bit = i * header->depth;
        const unsigned sample = (unsigned)row[bit / 8] >> (8 - header->depth - bit % 8) & mask;

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

static void convert_grey_16(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                            size_t pixel_bytes)
{
    for (size_t i = 0; i < count; i++, row += pixel_bytes) {
        luma[i] = scale_16(row);
        if (alpha != NULL)
            alpha[i] = scale_16(row + pixel_bytes - 2);
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

static void convert_rgb_16(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                           size_t pixel_bytes)
{
    for (size_t i = 0; i < count; i++, row += pixel_bytes) {
        luma[i] = luma_of(scale_16(row), scale_16(row + 2), scale_16(row + 4));
        if (alpha != NULL)
            alpha[i] = scale_16(row + pixel_bytes - 2);
    }
}

/* Alpha by tRNS: 0 where all samples are those of the transparent colour. */
static void find_transparent(uint8_t *alpha, const uint8_t *row, size_t count,
                             const struct png_header *header, const struct png_colours *colours)
{
    const size_t components = png_components(header->colour);
    const size_t sample_bytes = header->depth / 8;

    for (size_t i = 0; i < count; i++) {
        bool is_transparent = true;

        for (size_t c = 0; c < components; c++, row += sample_bytes)
            is_transparent &=
                (sample_bytes == 1 ? row[0] : bytes_be16(row)) == colours->transparent[c];
        alpha[i] = is_transparent ? 0 : 255;
    }
}

void png_convert_row(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                     const struct png_header *header, const struct png_colours *colours)
{
    const size_t pixel_bytes = png_components(header->colour) * header->depth / 8;
    uint8_t *stored_alpha = colours->has_transparent ? NULL : alpha;

    if (header->colour == PNG_PALETTE || header->depth < 8) {
        convert_indexes(luma, alpha, row, count, header, colours);
        return;
    }
    if (colours->has_transparent && alpha != NULL)
        find_transparent(alpha, row, count, header, colours);
    if (header->colour == PNG_GREY || header->colour == PNG_GREY_ALPHA) {
        if (header->depth == DEPTH_MAX)
            convert_grey_16(luma, stored_alpha, row, count, pixel_bytes);
        else
            convert_grey_8(luma, stored_alpha, row, count, pixel_bytes);
    } else if (header->depth == DEPTH_MAX) {
        convert_rgb_16(luma, stored_alpha, row, count, pixel_bytes);
    } else {
        convert_rgb_8(luma, stored_alpha, row, count, pixel_bytes);
    }
}
