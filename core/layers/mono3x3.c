#include "core/layers/mono3x3.h"

#include <string.h>

#define TAPS 9

static size_t columns_of(const struct mono3x3_layer *layer)
{
    return KERNELS_SLICES(layer->job.out_channels) * KERNELS_SLICE;
}

bool mono3x3_layer_fits(const struct conv2d *conv)
{
    return conv->in_channels == 1 && conv->kernel_height == 3 && conv->kernel_width == 3 &&
           conv->stride_height == 1 && conv->stride_width == 1;
}

void mono3x3_layer_init(struct mono3x3_layer *out, const struct conv2d *conv, bool relu, bool pool)
{
    struct pad2d pad = conv2d_padding(conv);
    size_t side = pool ? 2 : 1;
    *out = (struct mono3x3_layer){
        .job = {.out_channels = conv->out_channels,
                .in_row = pad.out_width,
                .out_height = conv->out_height / side,
                .out_width = conv->out_width / side,
                .relu = relu,
                .pool = pool},
        .pad = pad,
        .padded = conv2d_is_padded(conv),
        .in_elements = conv2d_in_elements(conv),
    };
    out->out_elements = out->job.out_height * out->job.out_width * conv->out_channels;
}

size_t mono3x3_layer_packed_floats(const struct mono3x3_layer *layer)
{
    return TAPS * columns_of(layer);
}

size_t mono3x3_layer_scratch_floats(const struct mono3x3_layer *layer)
{
    return layer->padded ? pad2d_out_elements(&layer->pad) : 0;
}

void mono3x3_layer_pack(float *packed, const float *weight, const struct mono3x3_layer *layer)
{
    memset(packed, 0, mono3x3_layer_packed_floats(layer) * sizeof *packed);
    for (size_t k = 0; k < layer->job.out_channels; k++)
        for (size_t tap = 0; tap < TAPS; tap++)
            packed[tap * columns_of(layer) + k] = weight[k * TAPS + tap];
}

void mono3x3_layer_forward(float *out, const float *in, size_t images, const float *packed,
                           const float *bias, const struct mono3x3_layer *layer, float *scratch,
                           const struct kernels *kernels)
{
    for (size_t i = 0; i < images; i++) {
        const float *from = in + i * layer->in_elements;
        if (layer->padded) {
            pad2d_forward(scratch, from, 1, &layer->pad);
            from = scratch;
        }
        kernels->mono3x3(out + i * layer->out_elements, from, packed, bias, &layer->job);
    }
}
