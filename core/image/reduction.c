#include "core/image/reduction.h"

#include <string.h>

#include "core/image/arena.h"
#include "core/image/luma.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

size_t reduction_block_px(size_t width_px, size_t height_px)
{
    return divide_up(width_px > height_px ? width_px : height_px, DIGIT_LUMA_SIDE_MAX_PX);
}

uint64_t reduction_bytes(size_t width_px, size_t height_px, bool has_alpha)
{
    const size_t block_px = reduction_block_px(width_px, height_px);
    const uint64_t blocks =
        (uint64_t)divide_up(width_px, block_px) * divide_up(height_px, block_px);

    return blocks * (1 + (has_alpha ? 2 : 1) * sizeof(uint32_t));
}

/* A picture that is not reduced needs no sums. */
static bool is_copied(const struct reduction *reduction)
{
    return reduction->block_px == 1;
}

static union reduction_plane take_plane(const struct reduction *reduction)
{
    const size_t blocks = reduction->blocks_across * reduction->blocks_down;
    const size_t size_bytes = is_copied(reduction) ? blocks : blocks * sizeof(uint32_t);
    const union reduction_plane plane = {.sums = arena_take(reduction->arena, size_bytes)};

    if (plane.sums != NULL)
        memset(plane.sums, 0, size_bytes);
    return plane;
}

enum digit_status reduction_begin(struct reduction *reduction, size_t width_px, size_t height_px,
                                  bool has_alpha, struct digit_error *error)
{
    const size_t block_px = reduction_block_px(width_px, height_px);

    reduction->width_px = width_px;
    reduction->height_px = height_px;
    reduction->block_px = block_px;
    reduction->blocks_across = divide_up(width_px, block_px);
    reduction->blocks_down = divide_up(height_px, block_px);
    reduction->lacking_left_px =
        upright_is_from_right(reduction->move) ? reduction->blocks_across * block_px - width_px : 0;
    reduction->lacking_top_px =
        upright_is_from_bottom(reduction->move) ? reduction->blocks_down * block_px - height_px : 0;
    reduction->weighted_luma = 0;
    reduction->weight = 0;
    reduction->plane = take_plane(reduction);
    reduction->plane_on_white =
        has_alpha ? take_plane(reduction) : (union reduction_plane){.sums = NULL};
    if (reduction->plane.sums == NULL || (has_alpha && reduction->plane_on_white.sums == NULL))
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the luma of %zux%zu px", width_px,
                          height_px);
    return DIGIT_OK;
}

/* Sums of neighbouring samples of a row, one for each block that they touch. Each is at most 255 times the
 * block's side, and a block's sum at most 255 times the square of 128. */
struct row_sums {
    uint32_t sums[DIGIT_LUMA_SIDE_MAX_PX];
    size_t first; /* the first block that is touched, and the one behind the last */
    size_t end;
};

/* Samples of one pixel that are next to each other. */
static void sum_neighbours(struct row_sums *out, const struct reduction *reduction,
                           const struct reduction_row *row, const uint8_t *samples)
{
    const size_t n = reduction->block_px;
    size_t room = n - (row->x_px + reduction->lacking_left_px) % n;
    size_t block = out->first;

    for (size_t i = 0; i < row->count; block++, room = n) {
        const size_t end = smaller(i + room, row->count);
        uint32_t sum = 0;

        for (; i < end; i++)
            sum += samples[i];
        out->sums[block] = sum;
    }
    out->end = block;
}

/* Samples of any size and distance. One that lies in two blocks counts in each by the width it has there. */
static void sum_cells(struct row_sums *out, const struct reduction *reduction,
                      const struct reduction_row *row, const uint8_t *samples)
{
    const size_t n = reduction->block_px;
    size_t block = out->first;
    size_t into = (row->x_px + reduction->lacking_left_px) % n; /* the block, in pixels */
    size_t right = reduction->width_px - row->x_px;             /* pixels up to the right edge */

    memset(out->sums + block, 0, (reduction->blocks_across - block) * sizeof out->sums[0]);
    for (size_t i = 0; i < row->count; i++) {
        const size_t width = smaller(row->cell_px, right);
        const size_t here = smaller(width, n - into);

        out->sums[block] += (uint32_t)here * samples[i];
        if (here < width)
            out->sums[block + 1] += (uint32_t)(width - here) * samples[i];
        for (into += row->step_px; into >= n; into -= n)
            block++;
        right -= smaller(row->step_px, right);
    }
    out->end = reduction->blocks_across;
}

static void add_to_block_row(uint32_t *sums, const struct row_sums *row_sums, size_t height_px)
{
    for (size_t block = row_sums->first; block < row_sums->end; block++)
        sums[block] += (uint32_t)height_px * row_sums->sums[block];
}

static void copy_samples(const struct reduction *reduction, uint8_t *pixels,
                         const struct reduction_row *row, const uint8_t *samples)
{
    pixels += row->y_px * reduction->blocks_across + row->x_px;
    if (row->step_px == 1)
        memcpy(pixels, samples, row->count);
    else
        for (size_t i = 0; i < row->count; i++)
            pixels[i * row->step_px] = samples[i];
}

static void add_to_sums(const struct reduction *reduction, uint32_t *sums,
                        const struct reduction_row *row, const uint8_t *samples)
{
    const size_t n = reduction->block_px;
    const size_t top_px = row->y_px + reduction->lacking_top_px;
    const size_t height = smaller(row->cell_px, reduction->height_px - row->y_px);
    const size_t here = smaller(height, n - top_px % n);
    struct row_sums row_sums;

    row_sums.first = (row->x_px + reduction->lacking_left_px) / n;
    if (row->step_px == 1)
        sum_neighbours(&row_sums, reduction, row, samples);
    else
        sum_cells(&row_sums, reduction, row, samples);
    sums += top_px / n * reduction->blocks_across;
    add_to_block_row(sums, &row_sums, here);
    if (here < height)
        add_to_block_row(sums + reduction->blocks_across, &row_sums, height - here);
}

static void add_samples(const struct reduction *reduction, union reduction_plane plane,
                        const struct reduction_row *row, const uint8_t *samples)
{
    if (is_copied(reduction))
        copy_samples(reduction, plane.pixels, row, samples);
    else
        add_to_sums(reduction, plane.sums, row, samples);
}

/* `luma` becomes the row on black, `alpha` the row on white. */
static void blend_row(struct reduction *reduction, const struct reduction_row *row)
{
    uint8_t *restrict lumas = row->luma;
    uint8_t *restrict alphas = row->alpha;
    uint32_t weighted_luma = 0; /* at most 65,535 times 255 times 255, which is below 2^32 */
    uint32_t weight = 0;

    for (size_t i = 0; i < row->count; i++) {
        const uint8_t luma = lumas[i];
        const uint8_t alpha = alphas[i];

        weighted_luma += (uint32_t)luma * alpha;
        weight += alpha;
        lumas[i] = luma_blend(0, luma, alpha);
        alphas[i] = luma_blend(255, luma, alpha);
    }
    reduction->weighted_luma += weighted_luma;
    reduction->weight += weight;
}

void reduction_add_row(struct reduction *reduction, const struct reduction_row *row)
{
    if (row->count == 0)
        return;
    if (row->alpha != NULL) {
        blend_row(reduction, row);
        add_samples(reduction, reduction->plane_on_white, row, row->alpha);
    }
    add_samples(reduction, reduction->plane, row, row->luma);
}

/* How many pixels block `index` of an axis covers. */
static uint32_t covered_px(size_t index, size_t block_px, size_t lacking_px, size_t side_px)
{
    const size_t begin = index * block_px;
    const size_t end = smaller(begin + block_px, side_px + lacking_px);

    return (uint32_t)(end - (begin > lacking_px ? begin : lacking_px));
}

static union reduction_plane plane_on_background(const struct reduction *reduction)
{
    const bool on_white = reduction->plane_on_white.sums != NULL &&
                          reduction->weighted_luma < 128 * reduction->weight;

    return on_white ? reduction->plane_on_white : reduction->plane;
}

static void write_means(uint8_t *luma, const struct reduction *reduction, const uint32_t *sum)
{
    for (size_t y = 0; y < reduction->blocks_down; y++) {
        const uint32_t rows =
            covered_px(y, reduction->block_px, reduction->lacking_top_px, reduction->height_px);

        for (size_t x = 0; x < reduction->blocks_across; x++) {
            const uint32_t count =
                rows *
                covered_px(x, reduction->block_px, reduction->lacking_left_px, reduction->width_px);

            *luma++ = (uint8_t)((*sum++ + count / 2) / count);
        }
    }
}

enum digit_status reduction_finish(const struct reduction *reduction, struct raster *out,
                                   struct digit_error *error)
{
    const union reduction_plane plane = plane_on_background(reduction);
    const size_t blocks = reduction->blocks_across * reduction->blocks_down;
    uint8_t *luma = arena_take(reduction->arena, blocks);

    if (luma == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for luma of %zux%zu px",
                          reduction->blocks_across, reduction->blocks_down);
    *out = (struct raster){.width_px = reduction->blocks_across,
                           .height_px = reduction->blocks_down,
                           .luma = luma,
                           .arena = reduction->arena};
    if (is_copied(reduction))
        memcpy(luma, plane.pixels, blocks);
    else
        write_means(luma, reduction, plane.sums);
    return DIGIT_OK;
}

void reduction_release(struct reduction *reduction)
{
    arena_give(reduction->arena, reduction->plane_on_white.sums);
    arena_give(reduction->arena, reduction->plane.sums);
    reduction->plane.sums = NULL;
    reduction->plane_on_white.sums = NULL;
}
