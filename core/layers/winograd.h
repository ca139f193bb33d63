/*
 * A convolution of 3x3 taps and stride 1 by Winograd's filtering (core/kernels/kernels.h), with what
 * may follow it: ReLU and max pooling of 2x2, stride 2.
 *
 *     winograd_layer_init(&layer, &conv, relu, pool, kernels->winograd)
 *     kernels->winograd_pack(packed, weight, ...)
 *     layer.job.bias = bias
 *     winograd_layer_forward(out, in, images, packed, &layer, scratch)
 *
 * if winograd_layer_products(&conv, pool, kernels->winograd) is not 0. For cells, winograd_layer_pack_cells
 * packs.
 *
 * The result of an image does not depend on the others, to the bit. Against sums of plain products
 * it is off by rounding, a few units more than those are themselves.
 */
#ifndef CORE_LAYERS_WINOGRAD_H
#define CORE_LAYERS_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/pad2d.h"

/* Outputs of a picture that are made by tiles of one size: a rectangle. */
struct winograd_part {
    const struct winograd_kernels *kernels;
    size_t tiles_high, tiles_wide;
    size_t out_height, out_width;
    size_t rows;          /* of tiles, at a time; all of them where `group` is above 1 */
    size_t in_at, out_at; /* where the rectangle begins, in elements of a picture */
    size_t packed_at;     /* where its weights begin, in bytes */
};

struct winograd_layer {
    struct winograd job; /* what all parts have in common */
    struct winograd_part parts[4];
    size_t part_count;
    struct pad2d pad; /* to the rows and columns that tiles read */
    bool padded;      /* they read more than there is */
    size_t group;     /* pictures at a time */
    size_t in_elements, out_elements;
    size_t packed_bytes;
};

/* Products that a picture takes so; 0 if it cannot be done so, or if too few are saved to pay for the
 * transforms. */
size_t winograd_layer_products(const struct conv2d *conv, bool pool,
                               const struct winograd_tiling *tiling);

/* tiling: for floats, kernels->winograd, or for cells, one of kernels->winograd_cells. */
void winograd_layer_init(struct winograd_layer *out, const struct conv2d *conv, bool relu,
                         bool pool, const struct winograd_tiling *tiling);

/* Bytes of the packed weights, and of scratch memory, one for each thread. */
size_t winograd_layer_packed_bytes(const struct winograd_layer *layer);
size_t winograd_layer_scratch_bytes(const struct winograd_layer *layer);

/* Packs weights of cells: matrix as for kernels->winograd_pack_cells. */
void winograd_layer_pack_cells(void *packed, const int8_t *matrix, size_t out_channels,
                               const struct winograd_layer *layer, const struct kernels *kernels);

/* out: [images][out_height][out_width][out_channels], pooled where so asked; in: [images] NHWC;
   layer->job.bias, or start and scale, must be set. */
void winograd_layer_forward(void *out, const void *in, size_t images, const void *packed,
                            const struct winograd_layer *layer, void *scratch);

#endif
