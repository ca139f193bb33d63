/*
 * A convolution of 3x3 taps and stride 1 by Winograd's F(2x2, 3x3) (core/kernels/kernels.h), with what
 * may follow it: ReLU and max pooling of 2x2, stride 2.
 *
 *     winograd_layer_init(&layer, &conv, relu, pool, kernels->winograd)
 *     kernels->winograd_pack(packed, weight, ...)
 *     layer.job.bias = bias
 *     winograd_layer_forward(out, in, images, packed, &layer, scratch)
 *
 * if winograd_layer_fits(&conv, pool).
 *
 * The result of an image does not depend on the others, to the bit. Against sums of plain products
 * it is off by rounding, a few units more than those are themselves.
 */
#ifndef CORE_LAYERS_WINOGRAD_H
#define CORE_LAYERS_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/pad2d.h"

struct winograd_layer {
    const struct winograd_kernels *kernels;
    struct winograd job; /* of one picture: all its tiles */
    struct pad2d pad;    /* to the rows and columns that tiles read */
    bool padded;         /* they read more than there is */
    size_t group;        /* pictures at a time */
    size_t rows;         /* rows of tiles at a time; all of them where `group` is above 1 */
    size_t in_elements, out_elements, out_row;
};

/* Whether the convolution can be done so, with enough products saved to pay for the transforms. */
bool winograd_layer_fits(const struct conv2d *conv, bool pool);

/* kernels: for floats, kernels->winograd, or for cells, kernels->winograd_cells. */
void winograd_layer_init(struct winograd_layer *out, const struct conv2d *conv, bool relu,
                         bool pool, const struct winograd_kernels *kernels);

/* Bytes of the packed weights, and of scratch memory, one for each thread. */
size_t winograd_layer_packed_bytes(const struct winograd_layer *layer);
size_t winograd_layer_scratch_bytes(const struct winograd_layer *layer);

/* out: [images][out_height][out_width][out_channels], pooled where so asked; in: [images] NHWC;
   layer->job.bias, or start and scale, must be set. */
void winograd_layer_forward(void *out, const void *in, size_t images, const void *packed,
                            const struct winograd_layer *layer, void *scratch);

#endif
