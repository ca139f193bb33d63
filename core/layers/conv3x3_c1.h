/*
 * A 3x3 convolution with stride 1 of one input channel, with the ReLU and the max pooling of 2x2, stride 2,
 * that may follow it (kernels->conv3x3_c1). Gives the same bits as conv2d_direct_forward.
 *
 *     out[oy][ox][k] = bias[k] + sum over ky, kx of
 *         weight[k][ky][kx] * in[oy + ky - padding][ox + kx - padding]
 */
#ifndef CORE_LAYERS_CONV3X3_C1_H
#define CORE_LAYERS_CONV3X3_C1_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/pad2d.h"

struct conv3x3_c1_layer {
    struct conv3x3_c1 job;
    struct pad2d pad;
    bool padded;
    size_t in_elements, out_elements;
};

/* Whether the convolution is 3x3 with stride 1 and one input channel. */
bool conv3x3_c1_layer_fits(const struct conv2d *conv);

/* The job of kernels->conv3x3_c1 (or conv3x3_c1_int8) for `conv`, pooled if `pool`. */
struct conv3x3_c1 conv3x3_c1_job(const struct conv2d *conv, bool relu, bool pool);

/* `conv` must fit. */
void conv3x3_c1_layer_init(struct conv3x3_c1_layer *out, const struct conv2d *conv, bool relu,
                           bool pool);

/* Number of floats of the packed weights, and of the scratch memory of each thread. */
size_t conv3x3_c1_layer_packed_floats(const struct conv3x3_c1_layer *layer);
size_t conv3x3_c1_layer_scratch_floats(const struct conv3x3_c1_layer *layer);

/* Packs OIHW weights. */
void conv3x3_c1_layer_pack(float *packed, const float *weight,
                           const struct conv3x3_c1_layer *layer);

/* out: [images][out_height][out_width][out_channels], pooled if `pool`; in: [images] pictures; bias:
   [out_channels]. */
void conv3x3_c1_layer_forward(float *out, const float *in, size_t images, const float *packed,
                              const float *bias, const struct conv3x3_c1_layer *layer,
                              float *scratch, const struct kernels *kernels);

#endif
