/*
 * Reduces a picture while its rows are decoded, so that a decoder needs memory for a few rows instead of a whole
 * picture.
 *
 *     struct reduction reduction = {.kind = REDUCTION_LUMA, .move = move, .arena = arena};
 *     status = reduction_begin(&reduction, width_px, height_px, has_alpha, &error);
 *     reduction_add_row(&reduction, &row);                       for every row
 *     reduction_end(&reduction);
 *     stretched = reduction_make_luma(&reduction);
 *     raster = reduction_take(&reduction);
 *     reduction_release(&reduction);
 *
 * Each pixel of the result is the mean, rounded to nearest, of n x n pixels of the picture, where n is the
 * smallest number with which both sides fit. The blocks begin in the corner that is the upper left one of the
 * upright picture; the last ones along each axis may be smaller. With alpha, every pixel is blended with one
 * background: white if the alpha-weighted mean luma of the picture is below 128, else black; a picture without
 * an opaque pixel becomes black.
 *
 * Threads: any, on different reductions.
 */
#ifndef CORE_IMAGE_REDUCTION_H
#define CORE_IMAGE_REDUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "core/image/raster.h"
#include "core/image/upright.h"

#define REDUCTION_CHANNELS_MAX 3

/* The longest side of a reduced picture of REDUCTION_COLOUR. */
#define REDUCTION_COLOUR_SIDE_MAX_PX 512

enum reduction_kind {
    REDUCTION_LUMA,      /* one channel of 8 bits, at most DIGIT_LUMA_SIDE_MAX_PX a side */
    REDUCTION_DEEP_LUMA, /* the same of 16 bits, which become 8 at the end */
    REDUCTION_COLOUR, /* red, green, blue of 16 bits, at most REDUCTION_COLOUR_SIDE_MAX_PX a side */
};

/* Samples of 8 bits for REDUCTION_LUMA, of 16 bits for the other kinds. */
union reduction_samples {
    uint8_t *octets;
    uint16_t *deep;
};

/* One channel. */
struct reduction_plane {
    union reduction_samples means; /* [blocks_down][blocks_across]; with alpha, on black */
    union reduction_samples lifts; /* what a white background adds to them; NULL without alpha */
    uint32_t *sums;                /* [sum_rows][blocks_across]; NULL if n is 1 */
};

/* The caller sets the first five, reduction_begin the rest. */
struct reduction {
    enum reduction_kind kind;
    struct upright_move move; /* by which the picture will become upright */
    struct digit_image_arena *arena;
    bool any_order;  /* the rows do not come whole and from top to bottom: all sums are kept */
    bool has_colour; /* for the decoder to set: some pixel may be other than grey */
    size_t width_px; /* as stored, before `move` */
    size_t height_px;
    size_t channels;
    size_t block_px; /* n */
    size_t blocks_across;
    size_t blocks_down;
    size_t sum_rows;        /* rows of blocks whose sums are kept: two, or all with any_order */
    size_t lacking_left_px; /* what the first block of a row lacks, because the last one is whole */
    size_t lacking_top_px;
    struct reduction_plane planes[REDUCTION_CHANNELS_MAX];
    uint32_t *transparency_sums;               /* as the planes' sums; NULL without alpha */
    uint64_t weighted[REDUCTION_CHANNELS_MAX]; /* sums of sample times alpha */
    uint64_t weight;                           /* sum of alpha */
};

/* Some samples of a row. Sample i covers cell_px x cell_px pixels, whose upper left is at
 * (x_px + i * step_px, y_px); what lies beyond the right and lower edge of the picture does not count. */
struct reduction_row {
    size_t x_px; /* a multiple of cell_px, as y_px and step_px */
    size_t y_px;
    size_t step_px; /* at least cell_px */
    size_t cell_px; /* at most block_px; 1 with alpha */
    size_t count;
    union reduction_samples
        samples[REDUCTION_CHANNELS_MAX]; /* [count] each; overwritten with alpha */
    union reduction_samples
        alpha; /* [count], overwritten; NULL without alpha, for all rows or none */
};

/* For a picture whose samples have so many bits, decoded by colour or not. */
enum reduction_kind reduction_kind_of(size_t component_bits, bool by_colour);

/* n for a picture of this size. */
size_t reduction_block_px(enum reduction_kind kind, size_t width_px, size_t height_px);

/* The pixels of the reduced picture. */
uint64_t reduction_pixels(enum reduction_kind kind, size_t width_px, size_t height_px);

/* The memory of a reduction with its result. */
uint64_t reduction_bytes(enum reduction_kind kind, size_t width_px, size_t height_px,
                         bool has_alpha, bool any_order);

/* Sides are 1 to 65535 px. Errors: NO_MEMORY; reduction_release is allowed after it, too. */
DIGIT_MUST_CHECK enum digit_status reduction_begin(struct reduction *reduction, size_t width_px,
                                                   size_t height_px, bool has_alpha,
                                                   struct digit_error *error);

/* Adds samples that lie in the picture. Each pixel must be covered once, or the result is wrong. */
void reduction_add_row(struct reduction *reduction, const struct reduction_row *row);

/* After the last row: completes the channels' means, and lays them on their background. */
void reduction_end(struct reduction *reduction);

/*
 * After reduction_end: makes luma of 8 bits of the means, in planes[0].means.octets. Samples of 16 bits become 8 by
 * rounding to nearest; or, if the lowest and the highest luma differ, but by less than 48 of 256 levels, those become
 * 0 and 255: then returns true, else false.
 */
bool reduction_make_luma(struct reduction *reduction);

/* Gives planes[0].means.octets, not yet upright, to the caller, who frees them with arena_give. */
struct raster reduction_take(struct reduction *reduction);

/* Frees what reduction_take has not given away; a reduction that was not begun may be released, too. */
void reduction_release(struct reduction *reduction);

#endif
