#include "core/image/reduction.h"

#include <string.h>

#include "core/image/arena.h"
#include "core/image/luma.h"

#define DEEP_PER_OCTET 257 /* 65,535 / 255 */

/* Rows of blocks that a row of cells may lie in. */
#define SUM_ROWS 2

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

static bool is_deep(enum reduction_kind kind)
{
    return kind != REDUCTION_LUMA;
}

static size_t channels_of(enum reduction_kind kind)
{
    return kind == REDUCTION_COLOUR ? REDUCTION_CHANNELS_MAX : 1;
}

enum reduction_kind reduction_kind_of(size_t component_bits, bool by_colour)
{
    if (by_colour)
        return REDUCTION_COLOUR;
    return component_bits > 8 ? REDUCTION_DEEP_LUMA : REDUCTION_LUMA;
}

size_t reduction_block_px(enum reduction_kind kind, size_t width_px, size_t height_px)
{
    return divide_up(width_px > height_px ? width_px : height_px, kind == REDUCTION_COLOUR
                                                                      ? REDUCTION_COLOUR_SIDE_MAX_PX
                                                                      : DIGIT_LUMA_SIDE_MAX_PX);
}

uint64_t reduction_pixels(enum reduction_kind kind, size_t width_px, size_t height_px)
{
    const size_t block_px = reduction_block_px(kind, width_px, height_px);

    return (uint64_t)divide_up(width_px, block_px) * divide_up(height_px, block_px);
}

uint64_t reduction_bytes(enum reduction_kind kind, size_t width_px, size_t height_px,
                         bool has_alpha, bool any_order)
{
    const size_t block_px = reduction_block_px(kind, width_px, height_px);
    const size_t across = divide_up(width_px, block_px);
    const size_t down = divide_up(height_px, block_px);
    const size_t sum_rows = block_px == 1 ? 0 : any_order ? down : SUM_ROWS;
    const size_t sample_bytes = is_deep(kind) ? sizeof(uint16_t) : sizeof(uint8_t);

    return (uint64_t)across * down * sample_bytes * channels_of(kind) * (has_alpha ? 2 : 1) +
           (uint64_t)across * sum_rows * sizeof(uint32_t) * (channels_of(kind) + has_alpha);
}

static size_t blocks_of(const struct reduction *reduction)
{
    return reduction->blocks_across * reduction->blocks_down;
}

/* Zeros. */
static uint32_t *take_sums(const struct reduction *reduction)
{
    const size_t size_bytes = reduction->blocks_across * reduction->sum_rows * sizeof(uint32_t);
    uint32_t *sums = arena_take(reduction->arena, size_bytes);

    if (sums != NULL)
        memset(sums, 0, size_bytes);
    return sums;
}

static union reduction_samples take_samples(const struct reduction *reduction)
{
    const size_t sample_bytes = is_deep(reduction->kind) ? sizeof(uint16_t) : sizeof(uint8_t);
    void *block = arena_take(reduction->arena, blocks_of(reduction) * sample_bytes);

    if (is_deep(reduction->kind))
        return (union reduction_samples){.deep = block};
    return (union reduction_samples){.octets = block};
}

/* A picture that is not reduced needs no sums. */
static bool needs_sums(const struct reduction *reduction)
{
    return reduction->block_px > 1;
}

static bool take_plane(const struct reduction *reduction, struct reduction_plane *plane,
                       bool has_alpha)
{
    plane->means = take_samples(reduction);
    if (has_alpha)
        plane->lifts = take_samples(reduction);
    if (needs_sums(reduction))
        plane->sums = take_sums(reduction);
    return plane->means.octets != NULL && (plane->lifts.octets != NULL || !has_alpha) &&
           (plane->sums != NULL || !needs_sums(reduction));
}

static bool take_planes(struct reduction *reduction, bool has_alpha)
{
    bool taken = true;

    for (size_t channel = 0; channel < reduction->channels; channel++)
        taken = take_plane(reduction, &reduction->planes[channel], has_alpha) && taken;
    if (has_alpha && needs_sums(reduction)) {
        reduction->transparency_sums = take_sums(reduction);
        taken = reduction->transparency_sums != NULL && taken;
    }
    return taken;
}

enum digit_status reduction_begin(struct reduction *reduction, size_t width_px, size_t height_px,
                                  bool has_alpha, struct digit_error *error)
{
    const size_t block_px = reduction_block_px(reduction->kind, width_px, height_px);

    *reduction = (struct reduction){
        .kind = reduction->kind,
        .move = reduction->move,
        .arena = reduction->arena,
        .any_order = reduction->any_order,
        .has_colour = reduction->has_colour,
        .width_px = width_px,
        .height_px = height_px,
        .channels = channels_of(reduction->kind),
        .block_px = block_px,
        .blocks_across = divide_up(width_px, block_px),
        .blocks_down = divide_up(height_px, block_px),
    };
    reduction->sum_rows = reduction->any_order ? reduction->blocks_down : SUM_ROWS;
    if (upright_is_from_right(reduction->move))
        reduction->lacking_left_px = reduction->blocks_across * block_px - width_px;
    if (upright_is_from_bottom(reduction->move))
        reduction->lacking_top_px = reduction->blocks_down * block_px - height_px;
    if (!take_planes(reduction, has_alpha))
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the luma of %zux%zu px", width_px,
                          height_px);
    return DIGIT_OK;
}

/* Whether a row's samples are blocks. */
static bool is_copied(const struct reduction *reduction, const struct reduction_row *row)
{
    return row->cell_px == reduction->block_px && reduction->lacking_left_px == 0 &&
           reduction->lacking_top_px == 0;
}

/* Those of a row of blocks, of sums [sum_rows][blocks_across]. */
static uint32_t *sums_of(const struct reduction *reduction, uint32_t *sums, size_t block_row)
{
    return sums + block_row % reduction->sum_rows * reduction->blocks_across;
}

static void add_weighted(uint32_t *restrict sums, const uint32_t *restrict row_sums, size_t first,
                         size_t end, size_t weight)
{
    for (size_t block = first; block < end; block++)
        sums[block] += (uint32_t)weight * row_sums[block];
}

/* Divides sums of up to 16,384 samples of up to 16 bits by their number, rounded to nearest: by a product with the
 * reciprocal in 2^-44, rounded up, which is exact for them. */
struct divider {
    uint64_t reciprocal;
    uint32_t half;
};

#define RECIPROCAL_BITS 44

static struct divider divider_of(uint32_t count)
{
    return (struct divider){(((uint64_t)1 << RECIPROCAL_BITS) + count - 1) / count, count / 2};
}

static inline uint32_t divide(uint32_t sum, const struct divider *divider)
{
    return (uint32_t)(((uint64_t)sum + divider->half) * divider->reciprocal >> RECIPROCAL_BITS);
}

/* Blocks of a row differ in width at its ends only. */
enum { FIRST_BLOCK, INNER_BLOCK, LAST_BLOCK, BLOCK_WIDTHS };

#define SAMPLE      uint8_t
#define SAMPLE_MAX  255
#define WEIGHTED    uint32_t
#define BLEND       luma_blend
#define MEMBER      octets
#define NAMED(name) name##_of_octets
#include "core/image/reduction_samples.inc"
#undef SAMPLE
#undef SAMPLE_MAX
#undef WEIGHTED
#undef BLEND
#undef MEMBER
#undef NAMED

#define SAMPLE      uint16_t
#define SAMPLE_MAX  65535
#define WEIGHTED    uint64_t
#define BLEND       luma_blend_deep
#define MEMBER      deep
#define NAMED(name) name##_of_deep
#include "core/image/reduction_samples.inc"

/* How many pixels block `index` of an axis covers. */
static size_t covered_px(size_t index, size_t block_px, size_t lacking_px, size_t side_px)
{
    const size_t begin = index * block_px;
    const size_t end = smaller(begin + block_px, side_px + lacking_px);

    return end - (begin > lacking_px ? begin : lacking_px);
}

static void find_dividers(struct divider dividers[BLOCK_WIDTHS], const struct reduction *reduction,
                          size_t block_row)
{
    const size_t n = reduction->block_px;
    const size_t rows = covered_px(block_row, n, reduction->lacking_top_px, reduction->height_px);
    const size_t last = reduction->blocks_across - 1;

    dividers[FIRST_BLOCK] = divider_of(
        (uint32_t)(rows * covered_px(0, n, reduction->lacking_left_px, reduction->width_px)));
    dividers[INNER_BLOCK] = divider_of((uint32_t)(rows * n));
    dividers[LAST_BLOCK] = divider_of(
        (uint32_t)(rows * covered_px(last, n, reduction->lacking_left_px, reduction->width_px)));
}

static void write_channel(const struct reduction *reduction, size_t channel, size_t block_row,
                          const struct divider dividers[BLOCK_WIDTHS])
{
    const bool has_alpha = reduction->transparency_sums != NULL;

    if (is_deep(reduction->kind)) {
        write_means_of_deep(reduction, channel, block_row, dividers);
        if (has_alpha)
            write_lifts_of_deep(reduction, channel, block_row, dividers);
    } else {
        write_means_of_octets(reduction, channel, block_row, dividers);
        if (has_alpha)
            write_lifts_of_octets(reduction, channel, block_row, dividers);
    }
}

static void clear_sums(const struct reduction *reduction, uint32_t *sums, size_t block_row)
{
    if (sums != NULL)
        memset(sums_of(reduction, sums, block_row), 0, reduction->blocks_across * sizeof *sums);
}

/* Writes a row of blocks whose sums are complete, and makes room for the next one. */
static void write_block_row(const struct reduction *reduction, size_t block_row)
{
    struct divider dividers[BLOCK_WIDTHS];

    find_dividers(dividers, reduction, block_row);
    for (size_t channel = 0; channel < reduction->channels; channel++)
        write_channel(reduction, channel, block_row, dividers);
    for (size_t channel = 0; channel < reduction->channels; channel++)
        clear_sums(reduction, reduction->planes[channel].sums, block_row);
    clear_sums(reduction, reduction->transparency_sums, block_row);
}

/* Writes the rows of blocks that end with a row of samples. */
static void write_complete(const struct reduction *reduction, const struct reduction_row *row)
{
    const size_t n = reduction->block_px;
    const size_t bottom = smaller(row->y_px + row->cell_px, reduction->height_px);
    const size_t complete = bottom == reduction->height_px
                                ? reduction->blocks_down
                                : (bottom + reduction->lacking_top_px) / n;

    for (size_t i = (row->y_px + reduction->lacking_top_px) / n; i < complete; i++)
        write_block_row(reduction, i);
}

void reduction_add_row(struct reduction *reduction, const struct reduction_row *row)
{
    if (row->count == 0)
        return;
    if (is_deep(reduction->kind))
        add_row_of_deep(reduction, row);
    else
        add_row_of_octets(reduction, row);
    if (!is_copied(reduction, row) && !reduction->any_order)
        write_complete(reduction, row);
}

/* Whether the alpha-weighted mean luma is below the middle. */
static bool is_on_white(const struct reduction *reduction)
{
    const uint64_t *weighted = reduction->weighted;
    const uint64_t half =
        (is_deep(reduction->kind) ? 128 * DEEP_PER_OCTET : 128) * reduction->weight;

    if (reduction->planes[0].lifts.octets == NULL)
        return false;
    if (reduction->kind != REDUCTION_COLOUR)
        return weighted[0] < half;
    /* Without their lower halves, the largest sums times 1,000 fit 64 bits. */
    return 299 * (weighted[0] >> 16) + 587 * (weighted[1] >> 16) + 114 * (weighted[2] >> 16) <
           1000 * (half >> 16);
}

void reduction_end(struct reduction *reduction)
{
    if (reduction->any_order && needs_sums(reduction))
        for (size_t block_row = 0; block_row < reduction->blocks_down; block_row++)
            write_block_row(reduction, block_row);
    if (is_on_white(reduction) && is_deep(reduction->kind))
        lift_of_deep(reduction);
    else if (is_on_white(reduction))
        lift_of_octets(reduction);
}

/* The samples' lowest and highest. */
struct range {
    uint16_t lowest;
    uint16_t highest;
};

static struct range range_of(const uint16_t *samples, size_t count)
{
    struct range range = {UINT16_MAX, 0};

    for (size_t i = 0; i < count; i++) {
        range.lowest = samples[i] < range.lowest ? samples[i] : range.lowest;
        range.highest = samples[i] > range.highest ? samples[i] : range.highest;
    }
    return range;
}

/* In the place of red. */
static void make_deep_luma(const struct reduction *reduction)
{
    uint16_t *red = reduction->planes[0].means.deep;
    const uint16_t *green = reduction->planes[1].means.deep;
    const uint16_t *blue = reduction->planes[2].means.deep;
    const size_t blocks = blocks_of(reduction);

    for (size_t i = 0; i < blocks; i++)
        red[i] = luma_of_deep(red[i], green[i], blue[i]);
}

/* From 16 bits to 8 in place: writing never overtakes reading. */
static bool shorten(union reduction_samples *samples, size_t count)
{
    const uint16_t *deep = samples->deep;
    uint8_t *octets = (uint8_t *)samples->deep;
    const struct range found = range_of(deep, count);
    const uint32_t found_span = (uint32_t)found.highest - found.lowest;
    const bool stretched = found_span > 0 && found_span < DIGIT_CONTRAST_LOW * DEEP_PER_OCTET;
    const uint32_t lowest = stretched ? found.lowest : 0;
    const uint32_t span = stretched ? found_span : UINT16_MAX;

    for (size_t i = 0; i < count; i++)
        octets[i] = (uint8_t)(((deep[i] - lowest) * 255 + span / 2) / span);
    samples->octets = octets;
    return stretched;
}

bool reduction_make_luma(struct reduction *reduction)
{
    if (reduction->kind == REDUCTION_COLOUR)
        make_deep_luma(reduction);
    return is_deep(reduction->kind) && shorten(&reduction->planes[0].means, blocks_of(reduction));
}

struct raster reduction_take(struct reduction *reduction)
{
    uint8_t *luma = reduction->planes[0].means.octets;

    reduction->planes[0].means = (union reduction_samples){.octets = NULL};
    return (struct raster){.width_px = reduction->blocks_across,
                           .height_px = reduction->blocks_down,
                           .luma = luma,
                           .arena = reduction->arena};
}

void reduction_release(struct reduction *reduction)
{
    arena_give(reduction->arena, reduction->transparency_sums);
    for (size_t channel = 0; channel < reduction->channels; channel++) {
        const struct reduction_plane *plane = &reduction->planes[channel];

        arena_give(reduction->arena, plane->sums);
        arena_give(reduction->arena, plane->lifts.octets);
        arena_give(reduction->arena, plane->means.octets);
    }
    reduction->transparency_sums = NULL;
    reduction->channels = 0;
}
