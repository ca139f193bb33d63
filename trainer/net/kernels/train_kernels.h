/*
 * The loops in which training spends its time, in addition to those of inference
 * (core/kernels/kernels.h): backward passes, statistics, the optimiser. There is one table of
 * functions for each kind of processor. The same rules apply: activations are NHWC, sums are taken
 * in a fixed order, nothing allocates or fails, and threads may call any function at the same time
 * on different outputs.
 */
#ifndef TRAINER_NET_KERNELS_TRAIN_KERNELS_H
#define TRAINER_NET_KERNELS_TRAIN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"

/* Floats that `outer` may read past the end of a gradient, which it reads in whole vectors. */
#define GRADIENT_SLACK 16

/*
 * A sum of outer products: the gradient of a layer's weights.
 *
 *     out[s * depth + d][j] (+)= sum over r of
 *         in[in_at[r] + segments[s] + d] * grad[grad_at[r] + j]
 *
 * for s below segment_count, d below depth, j below columns and r below rows, as in struct
 * multiply.
 */
struct outer {
    float *out; /* [segment_count * depth][columns] */
    const float *in;
    const float *grad;               /* followed by GRADIENT_SLACK readable floats */
    const uint32_t *in_at, *grad_at; /* [rows], offsets in floats */
    const uint32_t *segments;        /* [segment_count], offsets in floats */
    size_t rows, columns, segment_count, depth;
    bool add; /* add to `out` instead of overwriting it */
};

/*
 * One step of AdamW (trainer/net/adamw.h) for an array:
 *
 *     mean       = beta1 * mean + rest1 * g
 *     square     = beta2 * square + rest2 * g^2
 *     parameter  = keep * parameter - rate * mean / (sqrt(square) / root_bias + epsilon)
 */
struct adamw_step {
    float keep;         /* 1 - learning rate * weight decay, or 1 */
    float beta1, rest1; /* rest1 = 1 - beta1 */
    float beta2, rest2; /* rest2 = 1 - beta2 */
    float rate;         /* learning rate / (1 - beta1^t) */
    float root_bias;    /* sqrt(1 - beta2^t) */
    float epsilon;
};

struct train_kernels {
    const char *name;

    void (*outer)(const struct outer *job);

    /* total[c] += sum of in[i][c] over i below pixels. */
    void (*totals)(double *total, const float *in, size_t pixels, size_t channels);

    /* sum[c] += sum of in[i][c], square_sum[c] += sum of in[i][c]^2, over i below pixels. */
    void (*sums)(double *sum, double *square_sum, const float *in, size_t pixels, size_t channels);

    /* out = in * factor + term for each channel; with `relu`, the maximum of that and 0 (NaN stays
     * NaN). */
    void (*normalise)(float *out, const float *in, const float *factor, const float *term,
                      size_t pixels, size_t channels, bool relu);

    /*
     * sum[c] += sum of g[i][c], product_sum[c] += sum of g[i][c] * (in[i][c] - mean[c]), over i
     * below pixels. g is grad; if `out` is not NULL, 0 where out is not above 0.
     */
    void (*gradient_sums)(double *sum, double *product_sum, const float *grad, const float *out,
                          const float *in, const float *mean, size_t pixels, size_t channels);

    /* grad_in = g * factor + in * slope + term for each channel, g as above; `grad_in` may be
     * `grad`. */
    void (*normalise_backward)(float *grad_in, const float *grad, const float *out, const float *in,
                               const float *factor, const float *slope, const float *term,
                               size_t pixels, size_t channels);

    /* grad_in = grad where out is above 0, else 0; `grad_in` may be `grad`. */
    void (*relu_backward)(float *grad_in, const float *grad, const float *out, size_t count);

    /* The gradient of each output is added to the first element of its window that equals the
     * output; all other elements of grad_in are 0. */
    void (*maxpool2d_backward)(float *grad_in, const float *grad_out, const float *in,
                               const float *out, const struct maxpool2d *pool, size_t images);

    /* The formula of struct adamw_step for `count` parameters; mean and square are AdamW's m and
     * v. */
    void (*adamw)(float *parameters, float *mean, float *square, const float *gradients,
                  size_t count, const struct adamw_step *step);

    /* average = keep * average + (1 - keep) * parameters */
    void (*ema)(float *average, const float *parameters, size_t count, float keep);
};

/* The table for the same kind of processor as `kernels`; never NULL. */
const struct train_kernels *train_kernels_for(const struct kernels *kernels);

/* The tables that are compiled in; others call train_kernels_for. */
extern const struct train_kernels train_kernels_portable;
#ifdef __x86_64__
extern const struct train_kernels train_kernels_avx2;
extern const struct train_kernels train_kernels_avx512;
#endif

#endif
