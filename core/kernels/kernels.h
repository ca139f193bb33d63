/*
 * The loops in which inference spends its time, as one table of functions per instruction set.
 *
 *     const struct kernels *kernels = kernels_select();
 *     kernels->multiply(&job);
 *
 * Activations are NHWC, [images][height][width][channels]: float32, or int8 (members *_int8). Every sum is
 * taken in the order of its depth, whatever rows are computed together, so that an image gets the same
 * result to the bit alone and in a batch. Tables differ from each other only in the rounding of floats:
 * portable x86-64 multiplies and adds, all others use fused multiply-adds (one rounding).
 *
 * No function allocates or fails; the caller guarantees the sizes. Pointers need no alignment. Threads:
 * any, on different outputs.
 */
#ifndef CORE_KERNELS_KERNELS_H
#define CORE_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Multiplication of scattered rows by a packed matrix:
 *
 *     out[out_at[r] + j] = start[j] + sum over s, d of
 *         in[in_at[r] + segments[s] + d] * matrix[s * depth + d][j]
 *
 * for r < rows, j < columns, s < segment_count, d < depth. A segment is a contiguous run of floats that a
 * row reads: for a convolution, one row of its kernel.
 */
struct multiply {
    float *out;
    const float *in;
    const float *matrix;            /* packed, segment_count * depth rows */
    const float *start;             /* [columns]; NULL: zeros, or with `add` the values in `out` */
    const uint32_t *out_at, *in_at; /* [rows], offsets in floats */
    const uint32_t *segments;       /* [segment_count], offsets in floats */
    size_t rows, columns, segment_count, depth;
    bool add;
    bool relu; /* stores max(sum, 0); NaN stays NaN */
};

/* Part of a matrix to pack: the element in row i, column j is source[i * row_step + j * column_step]. */
struct pack {
    const float *source;
    size_t row_step, column_step;
    size_t first_row, rows; /* destination of these rows, of total_rows */
    size_t total_rows, columns;
};

/*
 * Max pooling. All windows lie inside the picture.
 *
 *     out[oy][ox][c] = max over ky, kx of in[oy * stride + ky][ox * stride + kx][c]
 */
struct maxpool2d {
    size_t channels;
    size_t in_height, in_width;
    size_t out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
};

/* The Winograd kernels and conv3x3_c1 process channels in slices of this many; missing channels of the
 * last slice are zeros. */
#define KERNELS_SLICE            16
#define KERNELS_SLICES(channels) (((channels) + KERNELS_SLICE - 1) / KERNELS_SLICE)

/*
 * Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray 2015, arXiv:1509.09308) of a 3x3 convolution
 * with stride 1. A tile of 2x2 outputs is computed from 4x4 inputs with 16 products per pair of channels
 * instead of 36; a tile of 3x3 outputs takes 25 instead of 81, one of 4x4 outputs 36 instead of 144:
 *
 *     out = A^T ((G weight G^T) * (B^T in B)) A        * is element-wise
 *
 * Three steps, for a number of tiles at a time:
 *
 *     spread    B^T in B of each tile: [positions][in slices][tiles][KERNELS_SLICE]
 *     multiply  the sums over in channels: [positions][tiles][panel], one matrix product per position
 *     gather    A^T sums A; with `pool`, only the maximum of each 2x2
 *
 * spread and gather work on a block of tiles_high x tiles_wide tiles of a picture or of a part of it, from
 * row `row` of its tiles on. multiply works on `tiles` tiles together: several rows of tiles of one picture,
 * or the tiles of several pictures; the block's first tile is number `first` of them. multiply and gather
 * process one panel of columns, from `column` on; the last panel may be narrower.
 */
struct winograd {
    size_t in_channels, out_channels;
    size_t tiles, first;
    size_t tiles_high, tiles_wide, row;
    size_t column;
    size_t in_row, out_row; /* elements from one row to the next */
    /* Of the outputs, pooled if `pool`; outputs beyond are not stored. */
    size_t out_height, out_width;
    bool relu, pool;
    const float *bias;    /* float: [out_channels] */
    const int32_t *start; /* int8: [columns], as in struct multiply_int8 */
    const float *scale;   /* int8: [columns], as in struct multiply_int8 */
};

/* The three steps for one element type and one tile size. The packed weights have positions * depth *
 * columns elements of `spread_bytes`; depth and columns are the channels in whole slices. */
struct winograd_kernels {
    size_t high, wide; /* outputs of a tile, which has (high + 2) * (wide + 2) positions */
    size_t panel;      /* columns per call of multiply and gather; the last panel may be narrower */
    size_t element_bytes; /* size of an input or output element */
    size_t spread_bytes;  /* size of a transformed input and of a packed weight */
    size_t sum_bytes;
    void (*spread)(void *spread, const void *in, const struct winograd *job);
    void (*multiply)(void *sums, const void *spread, const void *packed,
                     const struct winograd *job);
    void (*gather)(void *out, const void *sums, const struct winograd *job);
};

#define KERNELS_WINOGRAD_TILINGS 4 /* length of kernels->winograd_int8 */

/* How a picture is divided into tiles. */
struct winograd_tiling {
    size_t side; /* outputs along a tile's side; must be even for `pool` */
    size_t rest; /* side of a smaller last tile, used where no more outputs are left; 0: none */
    /* Integer results do not depend on the tile that computes them, so the last tile of a line ends with
     * the line and overlaps the tile before it. If false, it extends beyond the line and reads there. */
    bool exact;
    int32_t most_sum; /* int8: the largest absolute sum whose result is correct */
    /* [high][wide]: index 0 is `side`, index 1 is `rest` */
    const struct winograd_kernels *parts[2][2];
};

/* A 3x3 convolution with stride 1 of one input channel. With `pool`, each output is the maximum of 2x2, and
 * out_height and out_width are those of the pooled picture. */
struct conv3x3_c1 {
    size_t out_channels;
    size_t in_row; /* elements from one row of the input to the next */
    size_t out_height, out_width;
    bool relu, pool;
};

/*
 * Integer arithmetic, the same to the bit in all tables. An activation is an integer from 0 to 255, stored in
 * `activation_bytes` (one byte where the processor multiplies bytes, else two). The number of channels is a
 * multiple of KERNELS_INT8_MULTIPLE; additional channels are 0. Weights are -127 to 127. Sums are int32_t;
 * the caller ensures that they do not overflow. With the scale of the output channel:
 *
 *     float = scale * (float)sum                            the sum is rounded to nearest
 *     activation = clamp(round(scale * (float)sum), 0, 255) rounded to nearest even
 */
#define KERNELS_INT8_ACTIVATION_MOST 255
#define KERNELS_INT8_WEIGHT_MOST     127
#define KERNELS_INT8_MULTIPLE        4
#define KERNELS_INT8_CHANNELS(channels)                                                            \
    (((channels) + KERNELS_INT8_MULTIPLE - 1) / KERNELS_INT8_MULTIPLE * KERNELS_INT8_MULTIPLE)

/*
 *     sum[r][j] = start[j] + sum over s, d of in[in_at[r] + segments[s] + d] * matrix[s * depth + d][j]
 *
 * as in struct multiply, with activations instead of floats; depth is a multiple of KERNELS_INT8_MULTIPLE.
 * out: activations, columns rounded up to KERNELS_INT8_MULTIPLE; with `logits`, floats.
 */
struct multiply_int8 {
    void *out;
    const void *in;
    const int8_t *matrix;     /* packed */
    const int32_t *start;     /* [columns rounded up to KERNELS_SLICE], zeros at the end */
    const float *scale;       /* [columns rounded up to KERNELS_SLICE], zeros at the end */
    const uint32_t *out_at;   /* [rows], offsets in activations, with `logits` in floats */
    const uint32_t *in_at;    /* [rows], offsets in activations */
    const uint32_t *segments; /* [segment_count], offsets in activations */
    size_t rows, columns, segment_count, depth;
    bool logits;
};

/*
 * A convolution whose windows begin at equal distances: position p reads segment s from activation
 * p * position_step + s * segment_step on, `depth` activations in chunks of `chunk`. Of each row_positions
 * positions the first `kept` are stored, one after the other, out_step activations (or floats) apart.
 */
struct tiles_int8 {
    void *out;
    const void *in;
    const int8_t *matrix; /* packed */
    const int32_t *start; /* as in struct multiply_int8 */
    const float *scale;   /* as in struct multiply_int8 */
    size_t positions, position_step;
    size_t row_positions, kept, out_step;
    size_t segment_count, segment_step, depth, chunk;
    size_t columns;
    bool logits;
};

struct kernels {
    const char *name;

    /* Number of floats of a packed matrix. */
    size_t (*packed_floats)(size_t rows, size_t columns);

    /* Copies rows into the order in which `multiply` reads them; missing columns become zeros. */
    void (*pack)(float *packed, const struct pack *job);

    void (*multiply)(const struct multiply *job);

    /* Transforms OIHW weights into `packed`: 16 * in slices * out slices * KERNELS_SLICE^2 floats. */
    void (*winograd_pack)(float *packed, const float *weight, size_t in_channels,
                          size_t out_channels);

    const struct winograd_tiling *winograd;

    /* matrix: [9][out slices * KERNELS_SLICE]; bias: [out_channels]. Sums are taken in the order of
     * `multiply`, to the same bits. */
    void (*conv3x3_c1)(float *out, const float *in, const float *matrix, const float *bias,
                       const struct conv3x3_c1 *job);

    size_t activation_bytes;

    /* Number of bytes of a packed int8 matrix; rows is a multiple of KERNELS_INT8_MULTIPLE. */
    size_t (*packed_int8_bytes)(size_t rows, size_t columns);

    /* matrix: [rows][columns], -127 to 127. */
    void (*pack_int8)(int8_t *packed, const int8_t *matrix, size_t rows, size_t columns);

    void (*multiply_int8)(const struct multiply_int8 *job);

    /* Winograd's filtering in exact integers: [KERNELS_WINOGRAD_TILINGS]; NULL where plain products are
     * faster. matrix: [9][in_channels][out_channels], in_channels a multiple of KERNELS_INT8_MULTIPLE. */
    const struct winograd_tiling *winograd_int8;
    void (*winograd_pack_int8)(void *packed, const int8_t *matrix, size_t in_channels,
                               size_t out_channels, const struct winograd_kernels *kernels);

    /*
     * Convolution by the processor's matrix tiles; NULL where it has none. tile_chunk: the size of the equal
     * parts into which a depth is divided, 0 if it cannot be. tile_pack: packs a matrix [segment_count *
     * depth][columns] into rows * (columns rounded up to KERNELS_SLICE) bytes.
     */
    size_t (*tile_chunk)(size_t depth);
    void (*tile_pack)(int8_t *packed, const int8_t *matrix, size_t rows, size_t columns,
                      size_t chunk);
    void (*tile_convolve)(const struct tiles_int8 *job);

    /* As conv3x3_c1; reads one activation beyond each row of windows. packed: 12 * out slices *
     * KERNELS_SLICE int32_t, from a matrix [9][out_channels]; start, scale: as in struct multiply_int8. */
    void (*conv3x3_c1_pack_int8)(int8_t *packed, const int8_t *matrix, size_t columns);
    void (*conv3x3_c1_int8)(void *out, const void *in, const int8_t *packed, const int32_t *start,
                            const float *scale, const struct conv3x3_c1 *job);

    /* out[i] = in[i] * 255, rounded to nearest even, for pixels from 0 to 1. */
    void (*fill_int8_pixels)(void *out, const float *in, size_t count);

    /* out[i] = in[i]. Gives the same activations as fill_int8_pixels for in[i] / 255.0f. */
    void (*fill_int8_octets)(void *out, const uint8_t *in, size_t count);

    /* The maximum of each window; channels is a multiple of KERNELS_INT8_MULTIPLE. */
    void (*maxpool2d_int8)(void *out, const void *in, const struct maxpool2d *pool, size_t images);

    /* out[i][c] = in[i][c] * scale[c] + shift[c], for i < pixels; `out` may be `in`. */
    void (*scale_shift)(float *out, const float *in, const float *scale, const float *shift,
                        size_t pixels, size_t channels);

    /* out[i] = max(in[i], 0); NaN stays NaN; `out` may be `in`. */
    void (*relu)(float *out, const float *in, size_t count);

    /* The maximum of each window; NaN if the window contains one. */
    void (*maxpool2d)(float *out, const float *in, const struct maxpool2d *pool, size_t images);
};

/* The fastest table that runs on this processor and operating system. Never NULL; the same for the life of
 * the process. */
const struct kernels *kernels_select(void);

/* All tables that run here, the fastest first; NULL after the last. For tests and benchmarks. */
const struct kernels *kernels_at(size_t index);

/* The tables that are compiled in; for core/kernels/ alone, others call kernels_at or kernels_select. */
extern const struct kernels kernels_portable;
#ifdef __x86_64__
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avxvnni;
extern const struct kernels kernels_avx512;
extern const struct kernels kernels_avx512vnni;
extern const struct kernels kernels_amx;
#endif

#endif
