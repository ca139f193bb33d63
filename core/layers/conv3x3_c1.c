#include "core/layers/conv3x3_c1.h"

#include <string.h>

#define TAPS 9

static size_t columns_of(const struct conv3x3_c1_layer *layer)
{
    return KERNELS_SLICES(layer->job.out_channels) * KERNELS_SLICE;
}

bool conv3x3_c1_layer_fits(const struct conv2d *conv)
{
    return conv->in_channels == 1 && conv->kernel_height == 3 && conv->kernel_width == 3 &&
           conv->stride_height == 1 && conv->stride_width == 1;
}

struct conv3x3_c1 conv3x3_c1_job(const struct conv2d *conv, bool relu, bool pool)
{
    size_t side = pool ? 2 : 1;
    return (struct conv3x3_c1){.out_channels = conv->out_channels,
                               .in_row = conv2d_padding(conv).out_width,
                               .out_height = conv->out_height / side,
                               .out_width = conv->out_width / side,
                               .relu = relu,
                               .pool = pool};
}

void conv3x3_c1_layer_init(struct conv3x3_c1_layer *out, const struct conv2d *conv, bool relu,
                           bool pool)
{
    *out = (struct conv3x3_c1_layer){
        .job = conv3x3_c1_job(conv, relu, pool),
        .pad = conv2d_padding(conv),
        .padded = conv2d_is_padded(conv),
        .in_elements = conv2d_in_elements(conv),
    };
    out->out_elements = out->job.out_height * out->job.out_width * conv->out_channels;
}

size_t conv3x3_c1_layer_packed_floats(const struct conv3x3_c1_layer *layer)
{
    return TAPS * columns_of(layer);
}

size_t conv3x3_c1_layer_scratch_floats(const struct conv3x3_c1_layer *layer)
{
    return layer->padded ? pad2d_out_elements(&layer->pad) : 0;
}

void conv3x3_c1_layer_pack(float *packed, const float *weight, const struct conv3x3_c1_layer *layer)
{
    memset(packed, 0, conv3x3_c1_layer_packed_floats(layer) * sizeof *packed);
    for (size_t k = 0; k < layer->job.out_channels; k++)
        for (size_t tap = 0; tap < TAPS; tap++)
            packed[tap * columns_of(layer) + k] = weight[k * TAPS + tap];
}

void conv3x3_c1_layer_forward(float *out, const float *in, size_t images, const float *packed,
                              const float *bias, const struct conv3x3_c1_layer *layer,
                              float *scratch, const struct kernels *kernels)
{
    for (size_t i = 0; i < images; i++) {
        const float *from = in + i * layer->in_elements;
        if (layer->padded) {
            pad2d_forward(scratch, from, 1, &layer->pad);
            from = scratch;
        }
        kernels->conv3x3_c1(out + i * layer->out_elements, from, packed, bias, &layer->job);
    }
}
