/*
 * A 3x3 convolution with stride 1 by Winograd's minimal filtering, with the ReLU and the max pooling of 2x2,
 * stride 2, that may follow it. Each tile of outputs is
 *
 *     out = A^T (sum over in channels of (G weight G^T) * (B^T in B)) A        * is element-wise
 *
 * (Lavin and Gray 2015, arXiv:1509.09308; core/kernels/kernels.h has the steps).
 *
 *     if (winograd_layer_products(&conv, pool, kernels->winograd) > 0)
 *     winograd_layer_init(&layer, &conv, relu, pool, kernels->winograd)
 *     kernels->winograd_pack(packed, weight, ...)            int8: winograd_layer_pack_int8
 *     layer.job.bias = bias                                  int8: layer.job.start, layer.job.scale
 *     winograd_layer_forward(out, in, images, packed, &layer, scratch)
 *
 * The result of an image does not depend on the other images, to the bit. In floats it differs from plain
 * sums by rounding, by a few units more than those differ from the exact sums; in int8 it is exact.
 */
#ifndef CORE_LAYERS_WINOGRAD_H
#define CORE_LAYERS_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/pad2d.h"

/* A rectangle of a picture's outputs that is computed by tiles of one size. */
struct winograd_part {
    const struct winograd_kernels *kernels;
    size_t tiles_high, tiles_wide;
    size_t out_height, out_width;
    size_t rows; /* rows of tiles per step; all of them if the layer's `group` is above 1 */
    size_t in_at, out_at; /* offsets of the rectangle in a picture, in elements */
    size_t packed_at;     /* offset of its packed weights, in bytes */
};

struct winograd_layer {
    struct winograd job; /* common to all parts */
    struct winograd_part parts[4];
    size_t part_count;
    struct pad2d pad; /* to the rows and columns that the tiles read */
    bool padded;      /* the tiles read beyond the picture */
    size_t group;     /* pictures per step */
    size_t in_elements, out_elements;
    size_t packed_bytes;
};

/* Number of products per picture with this tiling; 0 if the convolution does not fit, or if too few products
 * are saved to pay for the transforms. */
size_t winograd_layer_products(const struct conv2d *conv, bool pool,
                               const struct winograd_tiling *tiling);

/* tiling: kernels->winograd for floats, one of kernels->winograd_int8 for int8. */
void winograd_layer_init(struct winograd_layer *out, const struct conv2d *conv, bool relu,
                         bool pool, const struct winograd_tiling *tiling);

/* Number of bytes of the packed weights, and of the scratch memory of each thread. */
size_t winograd_layer_packed_bytes(const struct winograd_layer *layer);
size_t winograd_layer_scratch_bytes(const struct winograd_layer *layer);

/* Packs int8 weights of all parts; matrix as for kernels->winograd_pack_int8. */
void winograd_layer_pack_int8(void *packed, const int8_t *matrix, size_t out_channels,
                              const struct winograd_layer *layer, const struct kernels *kernels);

/* out: [images][out_height][out_width][out_channels], pooled if `pool`; in: [images] pictures, NHWC.
   layer->job.bias, or start and scale, must be set. */
void winograd_layer_forward(void *out, const void *in, size_t images, const void *packed,
                            const struct winograd_layer *layer, void *scratch);

#endif
