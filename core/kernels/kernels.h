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

struct kernels {
    const char *name;

    /* Floats that a packed matrix takes. */
    size_t (*packed_floats)(size_t rows, size_t columns);

    /* Copies rows into the order in which `multiply` reads them; missing columns become zeros. */
    void (*pack)(float *packed, const struct pack *job);

    void (*multiply)(const struct multiply *job);

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
