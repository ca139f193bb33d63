/*
 * Two-dimensional convolution (cross-correlation, as PyTorch's Conv2d), any kernel, stride and zero
 * padding. Weights are OIHW: [out_channels][in_channels][kernel_height][kernel_width].
 *
 *     out[k][oy][ox] = bias[k] + sum over c, ky, kx of
 *                      weight[k][c][ky][kx] * in[c][oy * stride + ky - padding][ox * stride + kx -
 * padding]
 */
#ifndef CORE_LAYERS_CONV2D_H
#define CORE_LAYERS_CONV2D_H

#include <stddef.h>

struct conv2d {
    size_t in_channels, in_height, in_width;
    size_t out_channels, out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
    size_t padding_height, padding_width;
};

/* out: block [out_channels][out_height][out_width]; in: block [in_channels][in_height][in_width];
   bias: [out_channels] or NULL. */
void conv2d_forward(float *out, const float *in, const float *weight, const float *bias,
                    const struct conv2d *conv, size_t lanes);

/* grad_in: block, written: d(loss)/d(in) = sum over k, ky, kx of weight * grad_out. */
void conv2d_backward_input(float *grad_in, const float *grad_out, const float *weight,
                           const struct conv2d *conv, size_t lanes);

/* grad_weight: OIHW, added to; grad_bias: [out_channels], added to, or NULL. */
void conv2d_backward_weight(float *grad_weight, float *grad_bias, const float *grad_out,
                            const float *in, const struct conv2d *conv, size_t lanes);

#endif
