/*
 * Max-pooling without padding, as PyTorch's MaxPool2d: windows that would reach beyond the picture
 * are left out. Of equal values the first in row-major order counts; NaN counts as the largest.
 */
#ifndef CORE_LAYERS_MAXPOOL2D_H
#define CORE_LAYERS_MAXPOOL2D_H

#include <stddef.h>

struct maxpool2d {
    size_t channels;
    size_t in_height, in_width;
    size_t out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
};

/* out: block [channels][out_height][out_width]; in: block [channels][in_height][in_width]. */
void maxpool2d_forward(float *out, const float *in, const struct maxpool2d *pool, size_t lanes);

/* grad_in: block, written; `in` and `out` are those of the forward pass. */
void maxpool2d_backward(float *grad_in, const float *grad_out, const float *in, const float *out,
                        const struct maxpool2d *pool, size_t lanes);

#endif
