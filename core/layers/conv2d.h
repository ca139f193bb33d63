/*
 * Two-dimensional convolution (cross-correlation, as PyTorch's Conv2d), any kernel, stride and zero
 * padding. Activations are NHWC, weights OIHW: [out_channels][in_channels][kernel_height][kernel_width].
 *
 *     out[oy][ox][k] = bias[k] + sum over ky, kx, c of
 *         weight[k][c][ky][kx] * in[oy * stride + ky - padding][ox * stride + kx - padding][c]
 *
 * A dense layer is the convolution whose kernel is the whole picture; its weights lie in memory as
 * PyTorch's Linear behind Flatten has them.
 *
 *     conv2d_tables_init(&tables, &conv)
 *     conv2d_pack(packed, weight, &conv, kernels)         once for each set of weights
 *     conv2d_forward(out, in, images, packed, bias, relu, &conv, &tables, scratch, kernels)
 */
#ifndef CORE_LAYERS_CONV2D_H
#define CORE_LAYERS_CONV2D_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/pad2d.h"

struct conv2d {
    size_t in_channels, in_height, in_width;
    size_t out_channels, out_height, out_width;
    size_t kernel_height, kernel_width;
    size_t stride_height, stride_width;
    size_t padding_height, padding_width;
};

/* Where a group of images lies in memory, as offsets in floats from its first element. */
struct conv2d_tables {
    size_t group;       /* images that a kernel works on together, 1 to CONV2D_MAX_GROUP */
    uint32_t *in_at;    /* [group][out pixels]: the first element that the pixel reads */
    uint32_t *out_at;   /* [group][out pixels] */
    uint32_t *segments; /* [kernel_height]: rows of the kernel from there */
};

/* The most images that a table describes. */
#define CONV2D_MAX_GROUP 16

/* Elements of one image before and after, and of its input with the padding around it. */
size_t conv2d_in_elements(const struct conv2d *conv);
size_t conv2d_out_elements(const struct conv2d *conv);
size_t conv2d_padded_elements(const struct conv2d *conv);

/* Products that make one element of the output: in_channels * kernel_height * kernel_width. */
size_t conv2d_depth(const struct conv2d *conv);

bool conv2d_is_padded(const struct conv2d *conv);

/* Where an input lies in its padding. */
struct pad2d conv2d_padding(const struct conv2d *conv);

/* Makes the tables; false without memory. The caller releases them. */
bool conv2d_tables_init(struct conv2d_tables *out, const struct conv2d *conv);

/* Frees what `tables` owns; zeroed ones are taken. */
void conv2d_tables_release(struct conv2d_tables *tables);

/* Floats of the packed weights. */
size_t conv2d_packed_floats(const struct conv2d *conv, const struct kernels *kernels);

/* Packs OIHW weights for conv2d_forward with the same kernels. */
void conv2d_pack(float *packed, const float *weight, const struct conv2d *conv,
                 const struct kernels *kernels);

/* Packs one tap, ky * kernel_width + kx, of the weights; taps may be packed in any thread. */
void conv2d_pack_tap(float *packed, const float *weight, size_t tap, const struct conv2d *conv,
                     const struct kernels *kernels);

/* Floats of scratch memory: the padded input of a group, or none. */
size_t conv2d_scratch_floats(const struct conv2d *conv, const struct conv2d_tables *tables);

/* Copies `images` inputs into `out` with zeros around each. */
void conv2d_pad(float *out, const float *in, size_t images, const struct conv2d *conv);

/* out: [images][out_height][out_width][out_channels], in: likewise; bias: [out_channels] or NULL;
   relu: what is stored is max(sum, 0); scratch: conv2d_scratch_floats, one for each thread. */
void conv2d_forward(float *out, const float *in, size_t images, const float *packed,
                    const float *bias, bool relu, const struct conv2d *conv,
                    const struct conv2d_tables *tables, float *scratch,
                    const struct kernels *kernels);

#endif
