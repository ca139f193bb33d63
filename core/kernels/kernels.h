/*
 * The loops in which inference spends its time, as one table for each kind of processor.
 *
 *     const struct kernels *kernels = kernels_select();
 *     kernels->multiply(&job);
 *
 * Activations are NHWC: [images][height][width][channels], float32. Every sum is taken in the order
 * of its depth, whatever rows are computed together, so an image gets the same result to the bit
 * alone and in a batch. Tables differ from each other in rounding only: portable x86-64 multiplies
 * and adds, all others fuse (one rounding).
 *
 * Nothing here allocates or fails; sizes are the caller's promise. Threads: any, on different
 * outputs. Pointers need no alignment.
 */
#ifndef CORE_KERNELS_KERNELS_H
#define CORE_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *     out[out_at[r] + j] = start[j] + sum over s, d of
 *         in[in_at[r] + segments[s] + d] * matrix[s * depth + d][j]
 *
 * for r below rows, j below columns, s below segment_count, d below depth. A segment is a run of
 * floats that a row reads: for a convolution, one row of its kernel.
 */
struct multiply {
    float *out;
    const float *in;
    const float *matrix;            /* packed, of segment_count * depth rows */
    const float *start;             /* [columns]; NULL: zeros, or with `add` what `out` holds */
    const uint32_t *out_at, *in_at; /* [rows], offsets in floats */
    const uint32_t *segments;       /* [segment_count], offsets in floats */
    size_t rows, columns, segment_count, depth;
    bool add;
    bool relu; /* what is stored at the end is max(sum, 0), NaN stays NaN */
};

/* Part of a matrix to pack: row i, column j is source[i * row_step + j * column_step]. */
struct pack {
    const float *source;
    size_t row_step, column_step;
    size_t first_row, rows; /* where these rows go, of total_rows */
    size_t total_rows, columns;
};

/* Sizes of max pooling. Windows lie inside the picture. */
struct maxpool2d {
    size_t channels;
    size_t in_height, in_width;
    size_t out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
};

/* Channels go through Winograd's kernels and mono3x3 in slices of this many; what is missing in the
 * last one is zeros. */
#define KERNELS_SLICE            16
#define KERNELS_SLICES(channels) (((channels) + KERNELS_SLICE - 1) / KERNELS_SLICE)

/*
 * Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray 2015, arXiv:1509.09308): a convolution of
 * 3x3 taps, stride 1, makes tiles of 2x2 outputs, each from 4x4 inputs, out of sixteen products a pair
 * of channels instead of thirty-six. Of 3x3 outputs it takes twenty-five instead of eighty-one, of 4x4
 * thirty-six instead of 144. Three steps, for a number of tiles at a time:
 *
 *     spread    [positions][in slices][tiles][KERNELS_SLICE]: each tile's inputs, transformed
 *     multiply  [positions][tiles][panel]: as many products of matrices, of some columns
 *     gather    transformed back; with `pool`, the largest of each 2x2 alone
 *
 * spread and gather take a block of tiles_high x tiles_wide tiles of a picture or of a part of it, from
 * row `row` of its tiles on, which is the part from tile `first` on of the `tiles` that multiply takes
 * together: some rows of one picture, or one of several pictures. multiply and gather take the columns
 * from `column` on that make a panel, or all that are left.
 */
struct winograd {
    size_t in_channels, out_channels;
    size_t tiles, first;
    size_t tiles_high, tiles_wide, row;
    size_t column;
    size_t in_row, out_row;       /* elements from one row to the next */
    size_t out_height, out_width; /* outputs, or pooled ones; those beyond are not stored */
    bool relu, pool;
    const float *bias;    /* [out_channels], of floats */
    const int32_t *start; /* [columns], of cells, as in struct multiply_cells */
    const float *scale;
};

/* The three steps for one kind of numbers and one size of tiles. packed: positions * depth * columns
 * elements of `spread_bytes`, depth and columns the channels in slices. */
struct winograd_kernels {
    size_t high, wide;    /* outputs of a tile, which has (high + 2) * (wide + 2) positions */
    size_t panel;         /* columns that multiply and gather take; the last ones may be fewer */
    size_t element_bytes; /* of an input or output */
    size_t spread_bytes;  /* of a number that is spread, and of a weight */
    size_t sum_bytes;
    void (*spread)(void *spread, const void *in, const struct winograd *job);
    void (*multiply)(void *sums, const void *spread, const void *packed,
                     const struct winograd *job);
    void (*gather)(void *out, const void *sums, const struct winograd *job);
};

#define KERNELS_WINOGRAD_TILINGS 4 /* of cells */

/* By which tiles a picture is made. */
struct winograd_tiling {
    size_t side; /* outputs along a side; `pool` takes an even one */
    size_t rest; /* along a side at the end of a line that has no more left; 0: as the others */
    /* Outputs do not depend on the tile that they are of: the last tile of a line ends where its
     * outputs do. Else it may reach beyond, and reads inputs there. */
    bool exact;
    int32_t most_sum; /* of cells: the largest sum, of either sign, that comes out right */
    /* [high][wide], each of `side` and then of `rest` */
    const struct winograd_kernels *parts[2][2];
};

/* A convolution of 3x3 taps, stride 1, of pictures that have one channel. With `pool`, each output is
 * the largest of 2x2, and the sizes are those of the pooled picture. */
struct mono3x3 {
    size_t out_channels;
    size_t in_row; /* floats from one row of inputs to the next */
    size_t out_height, out_width;
    bool relu, pool;
};

/*
 * Integer arithmetic, the same to the bit in all tables. Activations are whole numbers from 0 to 255,
 * each in a cell of `cell_bytes`; pixels have a multiple of KERNELS_CELLS channels, those that are
 * missing 0. Weights are -127 to 127, sums int32_t, which the caller keeps within their range. A sum
 * becomes a float, rounded to nearest, and is multiplied by its channel's scale; an activation is that,
 * rounded to nearest even and cut off at 0 and 255.
 */
#define KERNELS_CELLS 4
#define KERNELS_WHOLE_CELLS(channels)                                                              \
    (((channels) + KERNELS_CELLS - 1) / KERNELS_CELLS * KERNELS_CELLS)

/*
 *     sum[r][j] = start[j] + sum over s, d of in[in_at[r] + segments[s] + d] * matrix[s * depth + d][j]
 *
 * with the terms of struct multiply, where floats are cells; depth is a multiple of KERNELS_CELLS. out:
 * activations, whose columns up to a multiple of KERNELS_CELLS are stored, or, with `logits`, floats.
 */
struct multiply_cells {
    void *out;
    const void *in;
    const int8_t *matrix;           /* packed */
    const int32_t *start;           /* [columns rounded up to KERNELS_SLICE], zeros behind */
    const float *scale;             /* likewise */
    const uint32_t *out_at, *in_at; /* [rows], offsets in cells, or in floats for `logits` */
    const uint32_t *segments;       /* [segment_count], offsets in cells */
    size_t rows, columns, segment_count, depth;
    bool logits;
};

/*
 * A convolution of cells whose windows begin equally far apart: position p reads segment s from cell
 * p * position_step + s * segment_step on, `depth` cells in chunks of `chunk`. Of each row_positions
 * positions the first `kept` are stored, one after the other, out_step cells (or floats) apart.
 */
struct tile_cells {
    void *out;
    const void *in;
    const int8_t *matrix; /* packed */
    const int32_t *start; /* as in struct multiply_cells */
    const float *scale;
    size_t positions, position_step;
    size_t row_positions, kept, out_step;
    size_t segment_count, segment_step, depth, chunk;
    size_t columns;
    bool logits;
};

struct kernels {
    const char *name;

    /* Floats that a packed matrix takes. */
    size_t (*packed_floats)(size_t rows, size_t columns);

    /* Copies rows into the order in which `multiply` reads them; missing columns become zeros. */
    void (*pack)(float *packed, const struct pack *job);

    void (*multiply)(const struct multiply *job);

    /* Transforms OIHW weights into `packed`, 16 * in slices * out slices * KERNELS_SLICE^2 floats. */
    void (*winograd_pack)(float *packed, const float *weight, size_t in_channels,
                          size_t out_channels);

    const struct winograd_tiling *winograd;

    /* matrix: [9][out slices * KERNELS_SLICE]; bias: [out_channels]. Sums are taken in the order of
     * `multiply`, to the same bits. */
    void (*mono3x3)(float *out, const float *in, const float *matrix, const float *bias,
                    const struct mono3x3 *job);

    size_t cell_bytes;

    /* Bytes that a packed matrix of cells' weights takes; rows is a multiple of KERNELS_CELLS. */
    size_t (*packed_cells_bytes)(size_t rows, size_t columns);

    /* matrix: [rows][columns], -127 to 127. */
    void (*pack_cells)(int8_t *packed, const int8_t *matrix, size_t rows, size_t columns);

    void (*multiply_cells)(const struct multiply_cells *job);

    /* For cells, exactly: [KERNELS_WINOGRAD_TILINGS]; NULL where plain products are faster. matrix:
     * [9][in_channels][out_channels] whole numbers, in_channels a multiple of KERNELS_CELLS. */
    const struct winograd_tiling *winograd_cells;
    void (*winograd_pack_cells)(void *packed, const int8_t *matrix, size_t in_channels,
                                size_t out_channels, const struct winograd_kernels *kernels);

    /*
     * By tiles of matrices, where the processor has them, else NULL. tile_chunk: into which equal parts
     * a depth is cut, 0 if it cannot be. tile_pack: matrix [segment_count * depth][columns] into rows *
     * columns rounded up to KERNELS_SLICE bytes.
     */
    size_t (*tile_chunk)(size_t depth);
    void (*tile_pack)(int8_t *packed, const int8_t *matrix, size_t rows, size_t columns,
                      size_t chunk);
    void (*tile_convolve)(const struct tile_cells *job);

    /* As mono3x3; reads a cell beyond each row of windows. packed: from a matrix [9][out_channels], of
     * 12 * out slices * KERNELS_SLICE int32_t; start, scale: as in struct multiply_cells. */
    void (*mono3x3_pack_cells)(int8_t *packed, const int8_t *matrix, size_t columns);
    void (*mono3x3_cells)(void *out, const void *in, const int8_t *packed, const int32_t *start,
                          const float *scale, const struct mono3x3 *job);

    /* out[i] = in[i] * 255, rounded to nearest even, for numbers from 0 to 1. */
    void (*fill_cells)(void *out, const float *in, size_t count);

    /* The largest of each window; channels is a multiple of KERNELS_CELLS. */
    void (*maxpool2d_cells)(void *out, const void *in, const struct maxpool2d *pool, size_t images);

    /* out[i][c] = in[i][c] * scale[c] + shift[c], i below pixels; `out` may be `in`. */
    void (*scale_shift)(float *out, const float *in, const float *scale, const float *shift,
                        size_t pixels, size_t channels);

    /* out[i] = max(in[i], 0); NaN stays NaN; `out` may be `in`. */
    void (*relu)(float *out, const float *in, size_t count);

    /* The largest of each window; NaN if it holds one. */
    void (*maxpool2d)(float *out, const float *in, const struct maxpool2d *pool, size_t images);
};

/* The fastest table that this processor and system run. Never NULL; the same for the life of the
 * process. */
const struct kernels *kernels_select(void);

/* All tables that run here, the fastest first; NULL behind the last. For tests and benchmarks. */
const struct kernels *kernels_at(size_t index);

#endif
