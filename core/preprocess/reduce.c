#include "core/preprocess/reduce.h"

#include <string.h>

#include "core/preprocess/compare.h"

/* Columns that are summed together, so that their sums stay in the first-level cache. */
#define TILE_PX 2048

/* Pixels of one plane's pixel, along an axis. Sums of a column fit 16 bits. */
#define FACTOR_MAX 257

/* More than 8 bits for a sum's mean and twice those of the pixels in a block. */
#define RECIPROCAL_BITS 42

_Static_assert(DIGIT_IMAGE_SIDE_MAX_PX <= FACTOR_MAX * PLANE_SIDE_MAX_PX, "a column's sum fits");
_Static_assert(TILE_PX >= FACTOR_MAX, "a tile has a block");

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* A part of luma, [height_px][stride_px]. */
struct part {
    const uint8_t *pixels;
    size_t width_px;
    size_t height_px;
    size_t stride_px;
};

/* The first row sets the sums, the others are added. */
static void sum_columns(uint16_t *restrict sums, const uint8_t *row, size_t count, size_t stride_px,
                        size_t rows)
{
    for (size_t x = 0; x < count; x++)
        sums[x] = row[x];
    for (size_t y = 1; y < rows; y++) {
        row += stride_px;
        for (size_t x = 0; x < count; x++)
            sums[x] = (uint16_t)(sums[x] + row[x]);
    }
}

/* Writes the means of `blocks` blocks of `width` columns of `rows` pixels. Sums are divided by a product with the
 * reciprocal, rounded up, which is exact for them: a block has at most FACTOR_MAX x FACTOR_MAX pixels of 8 bits. */
static inline void write_blocks(uint8_t *out, const uint16_t *sums, size_t blocks, size_t width,
                                size_t rows)
{
    uint64_t count = rows * width;
    uint64_t reciprocal = (((uint64_t)1 << RECIPROCAL_BITS) + count - 1) / count;
    for (size_t block = 0; block < blocks; block++, sums += width) {
        uint64_t sum = count / 2;
        for (size_t i = 0; i < width; i++)
            sum += sums[i];
        out[block] = (uint8_t)(sum * reciprocal >> RECIPROCAL_BITS);
    }
}

/* The last block may have fewer columns. Compilers make the most of a number that they know. */
static void write_means(uint8_t *out, const uint16_t *sums, size_t width_px, size_t rows,
                        size_t factor)
{
    size_t blocks = width_px / factor;
    size_t rest = width_px % factor;
    switch (factor) {
    case 2:
        write_blocks(out, sums, blocks, 2, rows);
        break;
    case 3:
        write_blocks(out, sums, blocks, 3, rows);
        break;
    case 4:
        write_blocks(out, sums, blocks, 4, rows);
        break;
    default:
        write_blocks(out, sums, blocks, factor, rows);
    }
    if (rest > 0)
        write_blocks(out + blocks, sums + blocks * factor, 1, rest, rows);
}

static void reduce_part(struct plane *out, const struct part *part, size_t factor)
{
    uint16_t sums[TILE_PX] = {0};
    size_t tile = TILE_PX / factor * factor;
    for (size_t top = 0; top < part->height_px; top += factor) {
        size_t rows = smaller(factor, part->height_px - top);
        uint8_t *means = out->pixels + top / factor * out->width_px;
        for (size_t left = 0; left < part->width_px; left += tile) {
            size_t width = smaller(tile, part->width_px - left);
            sum_columns(sums, part->pixels + top * part->stride_px + left, width, part->stride_px,
                        rows);
            write_means(means + left / factor, sums, width, rows, factor);
        }
    }
}

static void copy_part(struct plane *out, const struct part *part)
{
    if (part->width_px == part->stride_px) {
        memcpy(out->pixels, part->pixels, part->width_px * part->height_px);
        return;
    }
    for (size_t y = 0; y < part->height_px; y++)
        memcpy(out->pixels + y * part->width_px, part->pixels + y * part->stride_px,
               part->width_px);
}

static size_t reduce(struct plane *out, const struct part *part)
{
    size_t factor = divide_up(larger(part->width_px, part->height_px), PLANE_SIDE_MAX_PX);
    out->width_px = divide_up(part->width_px, factor);
    out->height_px = divide_up(part->height_px, factor);
    if (factor == 1)
        copy_part(out, part);
    else
        reduce_part(out, part, factor);
    return factor;
}

size_t reduce_window(struct plane *out, const struct digit_image *image,
                     const struct digit_box *window)
{
    size_t block = image->block_px;
    size_t stride = divide_up(image->width_px, block);
    size_t left = window->left_px / block;
    size_t top = window->top_px / block;
    const struct part part = {
        .pixels = image->luma + top * stride + left,
        .width_px = divide_up(window->left_px + window->width_px, block) - left,
        .height_px = divide_up(window->top_px + window->height_px, block) - top,
        .stride_px = stride,
    };
    return reduce(out, &part) * block;
}

size_t reduce_picture(struct plane *out, const struct digit_image *image)
{
    return reduce_window(out, image, &(struct digit_box){0, 0, image->width_px, image->height_px});
}
