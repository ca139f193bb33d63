/*
 * The geometry of a two-dimensional convolution (cross-correlation, as PyTorch's Conv2d) of any kernel
 * size, stride and zero padding. Activations are NHWC, weights OIHW: [out_channels][in_channels]
 * [kernel_height][kernel_width].
 *
 *     out[oy][ox][k] = bias[k] + sum over ky, kx, c of
 *         weight[k][c][ky][kx] * in[oy * stride + ky - padding][ox * stride + kx - padding][c]
 *
 * A dense layer is a convolution whose kernel covers the whole picture:
 *
 *     out[k] = bias[k] + sum over y, x, c of weight[k][c][y][x] * in[y][x][c]
 *
 * Its weights have the same layout as those of PyTorch's Linear after Flatten.
 *
 * Computed by: core/layers/conv2d_direct.h, any geometry, used in training too; conv2d_fused.h (float32)
 * and conv2d_fused_int8.h (int8), for inference, by the fastest method.
 */
#ifndef CORE_LAYERS_CONV2D_H
#define CORE_LAYERS_CONV2D_H

#include <stdbool.h>
#include <stddef.h>

#include "core/layers/pad2d.h"

struct conv2d {
    size_t in_channels, in_height, in_width;
    size_t out_channels, out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
    size_t padding_height, padding_width;
};

/* Number of elements of one image: of the input, of the output, and of the padded input. */
size_t conv2d_in_elements(const struct conv2d *conv);
size_t conv2d_out_elements(const struct conv2d *conv);
size_t conv2d_padded_elements(const struct conv2d *conv);

/* Products per output element: in_channels * kernel_height * kernel_width. */
size_t conv2d_depth(const struct conv2d *conv);

bool conv2d_is_padded(const struct conv2d *conv);

/* The position of the input within the padded input. */
struct pad2d conv2d_padding(const struct conv2d *conv);

/* Copies `images` inputs into `out`, [images][padded elements], with zeros around each. */
void conv2d_pad(float *out, const float *in, size_t images, const struct conv2d *conv);

#endif
