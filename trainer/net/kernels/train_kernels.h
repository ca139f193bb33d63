/*
 * The loops in which training spends its time beside inference's (core/kernels/kernels.h): backward
 * passes, statistics, the optimiser. One table for each kind of processor, under the same rules:
 * NHWC, sums in a fixed order, nothing allocates or fails, any thread on different outputs.
 */
#ifndef TRAINER_NET_KERNELS_TRAIN_KERNELS_H
#define TRAINER_NET_KERNELS_TRAIN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"

/* Floats that `outer` may read behind the end of a gradient, which it reads in whole vectors. */
#define GRADIENT_SLACK 16

/*
 * A sum of outer products: what a layer's weights did to the loss.
 *
 *     out[s * depth + d][j] (+)= sum over r of in[in_at[r] + segments[s] + d] * grad[grad_at[r] + j]
 *
 * with the terms of struct multiply.
 */
struct outer {
    float *out; /* [segment_count * depth][columns] */
    const float *in;
    const float *grad;               /* GRADIENT_SLACK floats are read behind it */
    const uint32_t *in_at, *grad_at; /* [rows], offsets in floats */
    const uint32_t *segments;        /* [segment_count], offsets in floats */
    size_t rows, columns, segment_count, depth;
    bool add; /* to what `out` holds, instead of replacing it */
};

/* One step of AdamW (Loshchilov and Hutter 2019) for an array, in the precision of the loop. */
struct adamw_step {
    float keep;         /* 1 - rate * decay, or 1 */
    float beta1, rest1; /* rest: 1 - beta */
    float beta2, rest2;
    float rate;      /* corrected for the mean's start at zero */
    float root_bias; /* square root of the square's correction */
    float epsilon;
};

struct train_kernels {
    const char *name;

    void (*outer)(const struct outer *job);

    /* total[c] += in[i][c], i below pixels. */
    void (*totals)(double *total, const float *in, size_t pixels, size_t channels);

    /* sum[c] += in[i][c], square_sum[c] += its square, i below pixels. */
    void (*sums)(double *sum, double *square_sum, const float *in, size_t pixels, size_t channels);

    /* out = in * factor + term for each channel and, with `relu`, at least 0. */
    void (*normalise)(float *out, const float *in, const float *factor, const float *term,
                      size_t pixels, size_t channels, bool relu);

    /*
     * With g = grad, but 0 where `out` is given and not above 0:
     * sum[c] += g[i][c], product_sum[c] += g[i][c] * (in[i][c] - mean[c]).
     */
    void (*gradient_sums)(double *sum, double *product_sum, const float *grad, const float *out,
                          const float *in, const float *mean, size_t pixels, size_t channels);

    /* grad_in = g * factor + in * slope + term for each channel; `grad_in` may be `grad`. */
    void (*normalise_backward)(float *grad_in, const float *grad, const float *out, const float *in,
                               const float *factor, const float *slope, const float *term,
                               size_t pixels, size_t channels);

    /* grad_in = grad where out is above 0, else 0; `grad_in` may be `grad`. */
    void (*relu_backward)(float *grad_in, const float *grad, const float *out, size_t count);

    /* Each output's gradient goes to the first element of its window that holds its value. */
    void (*maxpool2d_backward)(float *grad_in, const float *grad_out, const float *in,
                               const float *out, const struct maxpool2d *pool, size_t images);

    /* Moves parameters by their gradients; mean and square are AdamW's m and v. */
    void (*adamw)(float *parameters, float *mean, float *square, const float *gradients,
                  size_t count, const struct adamw_step *step);

    /* average = average * keep + parameters * (1 - keep) */
    void (*ema)(float *average, const float *parameters, size_t count, float keep);
};

/* The table for the processor that `kernels` is for; never NULL. */
const struct train_kernels *train_kernels_for(const struct kernels *kernels);

/* The tables that are compiled in; others call train_kernels_for. */
extern const struct train_kernels train_kernels_portable;
#ifdef __x86_64__
extern const struct train_kernels train_kernels_avx2;
extern const struct train_kernels train_kernels_avx512;
#endif

#endif
