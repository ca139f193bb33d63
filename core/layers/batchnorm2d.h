/*
 * Batch normalisation over the channels of a picture (Ioffe and Szegedy 2015), as PyTorch's
 * BatchNorm2d: y = scale * x^ + shift, x^ = (x - mean) * inverse, inverse = 1 / sqrt(variance +
 * epsilon).
 *
 * In training, mean and variance are those of the batch, which lies in several blocks: the sums
 * below are taken block by block and added up by the caller. `used` is the number of lanes of a
 * block that hold images; the others count for nothing.
 */
#ifndef CORE_LAYERS_BATCHNORM2D_H
#define CORE_LAYERS_BATCHNORM2D_H

#include <stddef.h>

struct batchnorm2d {
    size_t channels;
    size_t pixels; /* height times width */
};

/* sum, square_sum: [channels], written: sums of x and x^2 over the block. */
void batchnorm2d_sums(double *sum, double *square_sum, const float *in,
                      const struct batchnorm2d *norm, size_t lanes, size_t used);

/* out: block; every other array is [channels]. */
void batchnorm2d_forward(float *out, const float *in, const float *mean, const float *inverse,
                         const float *scale, const float *shift, const struct batchnorm2d *norm,
                         size_t lanes);

/* Sums over the block, [channels], written: grad_shift of g, grad_scale of g * x^. */
void batchnorm2d_backward_sums(double *grad_scale, double *grad_shift, const float *grad_out,
                               const float *in, const float *mean, const float *inverse,
                               const struct batchnorm2d *norm, size_t lanes, size_t used);

/*
 * grad_in: block, written; zero in lanes that are not used. With the means of g and of g * x^ over
 * the batch, [channels]:  grad_in = scale * inverse * (g - mean_grad - x^ * mean_grad_normalised).
 */
void batchnorm2d_backward_input(float *grad_in, const float *grad_out, const float *in,
                                const float *mean, const float *inverse, const float *scale,
                                const float *mean_grad, const float *mean_grad_normalised,
                                const struct batchnorm2d *norm, size_t lanes, size_t used);

/*
 * Folds the normalisation, with running statistics, into the convolution before it. weight: OIHW
 * with `fan_in` elements for each of `channels`, changed in place; bias: [channels], changed in
 * place.
 */
void batchnorm2d_fold(float *weight, float *bias, const float *scale, const float *shift,
                      const float *running_mean, const float *running_var, float epsilon,
                      size_t channels, size_t fan_in);

#endif
