/*
 * A convolution or dense layer for inference: convolution, ReLU and max pooling in one step.
 *
 *     out = maxpool2x2(relu(conv2d(in)))        relu and maxpool2x2 only if asked for
 *
 * The method depends on the sizes: conv3x3_c1 for 3x3 kernels and one input channel, Winograd's filtering
 * where it saves enough products, else the direct method. The weights are packed for the method.
 *
 *     conv2d_fused_init(&layer, &sizes, relu, pool, weight, bias, kernels)
 *     conv2d_fused_forward(out, in, images, &layer, scratch, kernels)
 *     conv2d_fused_release(&layer)
 *
 * The result of an image does not depend on the other images, to the bit. Threads: a layer is read-only
 * after conv2d_fused_init; each thread needs its own scratch.
 */
#ifndef CORE_LAYERS_CONV2D_FUSED_H
#define CORE_LAYERS_CONV2D_FUSED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d_direct.h"
#include "core/layers/conv3x3_c1.h"
#include "core/layers/winograd.h"

enum conv2d_method {
    CONV2D_METHOD_DIRECT,
    CONV2D_METHOD_3X3_C1,
    CONV2D_METHOD_WINOGRAD,
    CONV2D_METHOD_TILES, /* int8 only */
};

struct conv2d_fused {
    enum conv2d_method method;
    struct conv2d sizes;
    bool relu;
    struct conv2d_direct_tables tables; /* CONV2D_METHOD_DIRECT; owned */
    struct conv3x3_c1_layer c1;         /* CONV2D_METHOD_3X3_C1 */
    struct winograd_layer winograd;     /* CONV2D_METHOD_WINOGRAD */
    float *weight;                      /* packed; owned */
    float *bias; /* [out_channels]; in the same memory block as the weights */
};

/* Whether a max pooling of 2x2 with stride 2 can be part of the step. */
bool conv2d_fused_takes_pool(const struct conv2d *sizes, const struct kernels *kernels);

/* Makes a layer. weight: OIHW; bias: [out_channels] or NULL; both are copied. `pool` requires
 * conv2d_fused_takes_pool. False without memory. The caller releases the layer, also after a failure. */
bool conv2d_fused_init(struct conv2d_fused *out, const struct conv2d *sizes, bool relu, bool pool,
                       const float *weight, const float *bias, const struct kernels *kernels);

/* Frees what the layer owns. A zeroed layer may be released too. */
void conv2d_fused_release(struct conv2d_fused *layer);

/* Number of elements of one image's output, pooled if `pool`. */
size_t conv2d_fused_out_elements(const struct conv2d_fused *layer);

/* Number of floats of scratch memory. */
size_t conv2d_fused_scratch_floats(const struct conv2d_fused *layer);

/* out, in: [images] pictures, NHWC; they must not overlap. */
void conv2d_fused_forward(float *out, const float *in, size_t images,
                          const struct conv2d_fused *layer, float *scratch,
                          const struct kernels *kernels);

#endif
