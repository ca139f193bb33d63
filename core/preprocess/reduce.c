#include "core/preprocess/reduce.h"

#include <string.h>

#include "core/preprocess/compare.h"

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* Adds a row of luma to sums [out_width], `factor` pixels to each sum. */
static void add_row(uint32_t *sums, const uint8_t *row, size_t width_px, size_t factor)
{
    for (size_t x = 0; x < width_px; x += factor, sums++) {
        size_t end = smaller(x + factor, width_px);
        for (size_t i = x; i < end; i++)
            *sums += row[i];
    }
}

/* Sums stay below 2^32: a block has at most 128 x 128 pixels. */
static void reduce_rows(uint8_t *out, const struct plane *luma, size_t factor)
{
    for (size_t top = 0; top < luma->height_px; top += factor) {
        uint32_t sums[PLANE_SIDE_MAX_PX] = {0};
        const uint32_t *sum = sums;
        size_t rows = smaller(factor, luma->height_px - top);
        for (size_t i = 0; i < rows; i++)
            add_row(sums, luma->pixels + (top + i) * luma->width_px, luma->width_px, factor);
        for (size_t left = 0; left < luma->width_px; left += factor) {
            uint32_t count = (uint32_t)(rows * smaller(factor, luma->width_px - left));
            *out++ = (uint8_t)((*sum++ + count / 2) / count);
        }
    }
}

size_t reduce_picture(struct plane *out, const struct digit_image *image)
{
    const struct plane luma = {
        .pixels = image->luma,
        .width_px = divide_up(image->width_px, image->block_px),
        .height_px = divide_up(image->height_px, image->block_px),
    };
    size_t factor = divide_up(larger(luma.width_px, luma.height_px), PLANE_SIDE_MAX_PX);
    out->width_px = divide_up(luma.width_px, factor);
    out->height_px = divide_up(luma.height_px, factor);
    if (factor <= 1)
        memcpy(out->pixels, luma.pixels, out->width_px * out->height_px);
    else
        reduce_rows(out->pixels, &luma, factor);
    return factor * image->block_px;
}
