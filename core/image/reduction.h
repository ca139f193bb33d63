/*
 * Reduces a picture to luma of at most DIGIT_LUMA_SIDE_MAX_PX a side while its rows are decoded, so that a
 * decoder needs memory for a few rows instead of a whole picture. The rows come in any order.
 *
 *     status = reduction_begin(&reduction, width_px, height_px, has_alpha, &error);
 *     reduction_add_row(&reduction, &row);                       for every row
 *     status = reduction_finish(&reduction, &raster, &error);
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

/* The caller sets `move` and `arena`, reduction_begin the rest. */
struct reduction {
    struct upright_move move; /* by which the picture will become upright */
    struct digit_image_arena *arena;
    size_t width_px; /* as stored, before `move` */
    size_t height_px;
    size_t block_px; /* n */
    size_t blocks_across;
    size_t blocks_down;
    size_t lacking_left_px; /* what the first block of a row lacks, because the last one is whole */
    size_t lacking_top_px;
    /* [blocks_down][blocks_across]; with alpha, of pixels on black. Sums, or the pixels themselves if n is 1. */
    union reduction_plane {
        uint32_t *sums;
        uint8_t *pixels;
    } plane, plane_on_white; /* the second is NULL without alpha */
    uint64_t weighted_luma;  /* sum of luma times alpha */
    uint64_t weight;         /* sum of alpha */
};

/* Some samples of a row. Sample i covers cell_px x cell_px pixels, whose upper left is at
 * (x_px + i * step_px, y_px); what lies beyond the right and lower edge of the picture does not count. */
struct reduction_row {
    size_t x_px;
    size_t y_px;
    size_t step_px; /* at least cell_px */
    size_t cell_px; /* at most block_px; 1 with alpha */
    size_t count;
    uint8_t *luma;  /* [count], 0 to 255; overwritten with alpha */
    uint8_t *alpha; /* [count], 0 to 255, overwritten; NULL without alpha, for all rows or none */
};

/* n for a picture of this size. */
size_t reduction_block_px(size_t width_px, size_t height_px);

/* The memory of a reduction with its result. */
uint64_t reduction_bytes(size_t width_px, size_t height_px, bool has_alpha);

/* Sides are 1 to 65535 px. Errors: NO_MEMORY; reduction_release is allowed after it, too. */
DIGIT_MUST_CHECK enum digit_status reduction_begin(struct reduction *reduction, size_t width_px,
                                                   size_t height_px, bool has_alpha,
                                                   struct digit_error *error);

/* Adds samples that lie in the picture. Each pixel must be covered once, or the result is wrong. */
void reduction_add_row(struct reduction *reduction, const struct reduction_row *row);

/* The luma, not yet upright, in a new block from the arena that the caller frees with arena_give.
 * Errors: NO_MEMORY; nothing is then owned. */
DIGIT_MUST_CHECK enum digit_status reduction_finish(const struct reduction *reduction,
                                                    struct raster *out, struct digit_error *error);

/* Frees the sums; a reduction of which only `move` and `arena` are set may be released, too. */
void reduction_release(struct reduction *reduction);

#endif
