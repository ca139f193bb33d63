/*
 * A convolution of 3x3 taps and stride 1 of pictures with one channel (core/kernels/kernels.h), with
 * what may follow it: ReLU and max pooling of 2x2, stride 2. To the same bits as conv2d_forward.
 */
#ifndef CORE_LAYERS_MONO3X3_H
#define CORE_LAYERS_MONO3X3_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/pad2d.h"

struct mono3x3_layer {
    struct mono3x3 job;
    struct pad2d pad;
    bool padded;
    size_t in_elements, out_elements;
};

/* Whether the convolution is one of those. */
bool mono3x3_layer_fits(const struct conv2d *conv);

void mono3x3_layer_init(struct mono3x3_layer *out, const struct conv2d *conv, bool relu, bool pool);

/* Floats of the packed weights, and of scratch memory, one for each thread. */
size_t mono3x3_layer_packed_floats(const struct mono3x3_layer *layer);
size_t mono3x3_layer_scratch_floats(const struct mono3x3_layer *layer);

/* Copies OIHW weights into the order that the kernel reads. */
void mono3x3_layer_pack(float *packed, const float *weight, const struct mono3x3_layer *layer);

/* out: [images][out_height][out_width][out_channels], pooled where so asked; in: [images] pictures;
   bias: [out_channels]. */
void mono3x3_layer_forward(float *out, const float *in, size_t images, const float *packed,
                           const float *bias, const struct mono3x3_layer *layer, float *scratch,
                           const struct kernels *kernels);

#endif
