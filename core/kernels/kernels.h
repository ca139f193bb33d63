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
 * of channels instead of thirty-six. Three steps, for a number of tiles at a time:
 *
 *     spread    [16][in slices][tiles][KERNELS_SLICE]: each tile's inputs, transformed
 *     multiply  [16][tiles][out slices * KERNELS_SLICE]: sixteen products of matrices
 *     gather    transformed back; with `pool`, the largest of each tile alone
 *
 * spread and gather take a block of tiles_high x tiles_wide tiles, which is the part from tile
 * `first` on of the `tiles` that multiply takes together: some rows of one picture, or one of several
 * pictures.
 */
struct winograd {
    size_t in_channels, out_channels;
    size_t tiles, first;
    size_t tiles_high, tiles_wide;
    size_t in_row;                /* floats from one row of inputs to the next */
    size_t out_height, out_width; /* outputs, or pooled ones; those beyond are not stored */
    bool relu, pool;
};

/* A convolution of 3x3 taps, stride 1, of pictures that have one channel. With `pool`, each output is
 * the largest of 2x2, and the sizes are those of the pooled picture. */
struct mono3x3 {
    size_t out_channels;
    size_t in_row; /* floats from one row of inputs to the next */
    size_t out_height, out_width;
    bool relu, pool;
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

    void (*winograd_spread)(float *spread, const float *in, const struct winograd *job);
    void (*winograd_multiply)(float *sums, const float *spread, const float *packed,
                              const struct winograd *job);
    void (*winograd_gather)(float *out, const float *sums, const float *bias,
                            const struct winograd *job);

    /* matrix: [9][out slices * KERNELS_SLICE]; bias: [out_channels]. Sums are taken in the order of
     * `multiply`, to the same bits. */
    void (*mono3x3)(float *out, const float *in, const float *matrix, const float *bias,
                    const struct mono3x3 *job);

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
