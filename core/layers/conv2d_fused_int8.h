/*
 * A convolution or dense layer of a quantised network for inference: int8 convolution, ReLU and max pooling
 * in one step (core/kernels/kernels.h). Activations q_in, q_out are integers from 0 to 255, weights q_weight
 * integers from -127 to 127, each output channel k with its own scale (Jacob et al. 2018, arXiv:1712.05877;
 * there are no zero points, because ReLU leaves no negative activations):
 *
 *     in = in_scale * q_in + in_offset
 *     weight[k] = weight_scale[k] * q_weight[k]            weight_scale[k] = max |weight[k]| / 127
 *
 *     unit[k] = in_scale * weight_scale[k]
 *     start[k] = round((bias[k] + in_offset * weight_scale[k] * sum of q_weight[k]) / unit[k])
 *     sum[k] = start[k] + sum of q_in * q_weight[k]        so that out[k] = unit[k] * sum[k]
 *
 *     q_out[k] = clamp(round(unit[k] / out_scale * sum[k]), 0, 255)        the clamp includes ReLU
 *     logits[k] = unit[k] * sum[k]                                         the last layer, in floats
 *
 * The result is the same to the bit on all processors. Threads: a layer is read-only after
 * conv2d_fused_int8_init; each thread needs its own scratch.
 */
#ifndef CORE_LAYERS_CONV2D_FUSED_INT8_H
#define CORE_LAYERS_CONV2D_FUSED_INT8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d_direct.h"
#include "core/layers/conv2d_fused.h"
#include "core/layers/pad2d.h"
#include "core/layers/winograd.h"

/* The real numbers that activations stand for. */
struct int8_scales {
    float in_scale, in_offset;
    uint8_t padding; /* the activation that stands for 0 */
    float out_scale; /* 0: the results are logits, floats without ReLU */
};

struct conv2d_fused_int8 {
    /* Channels rounded up to KERNELS_INT8_MULTIPLE; one input channel stays one. */
    struct conv2d sizes;
    enum conv2d_method method;
    bool logits;
    struct conv3x3_c1 job; /* CONV2D_METHOD_3X3_C1 */
    struct pad2d pad;
    uint8_t padding;
    struct winograd_layer winograd;     /* CONV2D_METHOD_WINOGRAD */
    struct conv2d_direct_tables tables; /* CONV2D_METHOD_DIRECT; owned */
    struct tiles_int8 tiles;            /* CONV2D_METHOD_TILES */
    size_t out_elements;                /* activations, or floats, of one image's output */
    int8_t *weight;                     /* packed; owned */
    int32_t *start;                     /* [out_channels rounded up to KERNELS_SLICE] */
    float *scale;                       /* [out_channels rounded up to KERNELS_SLICE] */
};

enum conv2d_fused_int8_result {
    CONV2D_FUSED_INT8_OK,
    CONV2D_FUSED_INT8_NO_MEMORY,
    CONV2D_FUSED_INT8_UNFIT, /* one input channel but no 3x3 kernel, or sums may overflow int32_t */
};

/* Whether a max pooling of 2x2 with stride 2 can be part of the step. */
bool conv2d_fused_int8_takes_pool(const struct conv2d *sizes, const struct kernels *kernels);

/* Quantises the weights and makes a layer. weight: OIHW; bias: [out_channels]; both are copied. `pool`
 * requires conv2d_fused_int8_takes_pool. The caller releases the layer, whatever the result. */
enum conv2d_fused_int8_result conv2d_fused_int8_init(struct conv2d_fused_int8 *out,
                                                     const struct conv2d *sizes, bool pool,
                                                     const float *weight, const float *bias,
                                                     const struct int8_scales *scales,
                                                     const struct kernels *kernels);

/* Frees what the layer owns. A zeroed layer may be released too. */
void conv2d_fused_int8_release(struct conv2d_fused_int8 *layer);

/* Number of bytes of scratch memory. */
size_t conv2d_fused_int8_scratch_bytes(const struct conv2d_fused_int8 *layer,
                                       const struct kernels *kernels);

/* out: [images][out_elements]; in: [images] pictures, NHWC; they must not overlap. */
void conv2d_fused_int8_forward(void *out, const void *in, size_t images,
                               const struct conv2d_fused_int8 *layer, void *scratch,
                               const struct kernels *kernels);

#endif
