/*
 * A convolution or dense layer in whole numbers (core/kernels/kernels.h): activations from 0 to 255,
 * weights from -127 to 127, each output channel with a scale of its own (Jacob et al. 2018,
 * arXiv:1712.05877, without zero points: what ReLU leaves is not negative).
 *
 *     input = in_scale * cell + in_offset        weight = weight_scale[k] * whole number
 *     output = out_scale * cell, ReLU included; of the last layer a float
 *
 * The result is the same to the bit on all processors. Threads: a layer is read-only once made;
 * scratch is one for each thread.
 */
#ifndef CORE_LAYERS_CONVOLUTION_CELLS_H
#define CORE_LAYERS_CONVOLUTION_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/convolution.h"
#include "core/layers/pad2d.h"
#include "core/layers/winograd.h"

/* What cells stand for. */
struct cell_scales {
    float in_scale, in_offset;
    uint8_t padding; /* the cell that stands for 0 */
    float out_scale; /* 0: the results are floats, without ReLU */
};

struct convolution_cells {
    struct conv2d sizes; /* channels rounded up to KERNELS_CELLS, but of pictures of one channel */
    enum convolution_method method;
    bool logits;
    struct mono3x3 job; /* CONVOLUTION_MONO3X3 */
    struct pad2d pad;
    uint8_t padding;
    struct winograd_layer winograd; /* CONVOLUTION_WINOGRAD */
    struct conv2d_tables tables;    /* CONVOLUTION_DIRECT; owned */
    struct tile_cells tiles;        /* CONVOLUTION_TILES: of one picture, or of one image of many */
    size_t out_elements;            /* cells, or floats, of one output */
    int8_t *weight;                 /* packed; owned */
    int32_t *start;                 /* [channels rounded up to KERNELS_SLICE] */
    float *scale;                   /* likewise */
};

enum convolution_cells_result {
    CONVOLUTION_CELLS_OK,
    CONVOLUTION_CELLS_NO_MEMORY,
    CONVOLUTION_CELLS_UNFIT, /* one input channel but not 3x3 taps, or sums that int32_t may not hold */
};

/* Whether a max pooling of 2x2, stride 2, can be part of it. */
bool convolution_cells_takes_pool(const struct conv2d *sizes, const struct kernels *kernels);

/* weight: OIHW, bias: [out_channels]; both are copied. `pool` only if it takes one. The caller
 * releases it, whatever the result. */
enum convolution_cells_result convolution_cells_init(struct convolution_cells *out,
                                                     const struct conv2d *sizes, bool pool,
                                                     const float *weight, const float *bias,
                                                     const struct cell_scales *scales,
                                                     const struct kernels *kernels);

/* Frees what the layer owns; a zeroed one is taken. */
void convolution_cells_release(struct convolution_cells *layer);

/* Bytes of scratch memory. */
size_t convolution_cells_scratch_bytes(const struct convolution_cells *layer,
                                       const struct kernels *kernels);

/* out: [images][out_elements]; in: [images] pictures, NHWC, not overlapping. */
void convolution_cells_forward(void *out, const void *in, size_t images,
                               const struct convolution_cells *layer, void *scratch,
                               const struct kernels *kernels);

#endif
