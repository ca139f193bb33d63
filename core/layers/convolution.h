/*
 * A convolution or dense layer as inference runs it: with the ReLU and the max pooling that follow, by
 * the way that is fastest for its sizes, weights packed for it.
 *
 *     convolution_init(&layer, &sizes, relu, pool, weight, bias, kernels)
 *     convolution_forward(out, in, images, &layer, scratch, kernels)
 *     convolution_release(&layer)
 *
 * The result of an image does not depend on the others, to the bit. Threads: a layer is read-only once
 * made; scratch is one for each thread.
 */
#ifndef CORE_LAYERS_CONVOLUTION_H
#define CORE_LAYERS_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/mono3x3.h"
#include "core/layers/winograd.h"

enum convolution_method {
    CONVOLUTION_DIRECT,
    CONVOLUTION_MONO3X3,
    CONVOLUTION_WINOGRAD,
    CONVOLUTION_TILES, /* of cells alone */
};

struct convolution {
    enum convolution_method method;
    struct conv2d sizes;
    bool relu;
    struct conv2d_tables tables; /* CONVOLUTION_DIRECT; owned */
    struct mono3x3_layer mono;   /* CONVOLUTION_MONO3X3 */
    struct winograd_layer winograd;
    float *weight; /* packed; owned */
    float *bias;   /* [out channels]; behind the weights in memory */
};

/* Whether a max pooling of 2x2, stride 2, can be part of it. */
bool convolution_takes_pool(const struct conv2d *sizes, const struct kernels *kernels);

/* weight: OIHW; bias: [out_channels] or NULL; both are copied. `pool` only if it takes one. False
 * without memory. The caller releases it, then too. */
bool convolution_init(struct convolution *out, const struct conv2d *sizes, bool relu, bool pool,
                      const float *weight, const float *bias, const struct kernels *kernels);

/* Frees what the layer owns; a zeroed one is taken. */
void convolution_release(struct convolution *layer);

/* Elements of one output, pooled where so asked. */
size_t convolution_out_elements(const struct convolution *layer);

/* Floats of scratch memory. */
size_t convolution_scratch_floats(const struct convolution *layer);

/* out, in: [images] pictures, NHWC, not overlapping. */
void convolution_forward(float *out, const float *in, size_t images,
                         const struct convolution *layer, float *scratch,
                         const struct kernels *kernels);

#endif
