#include "core/layers/convolution.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT_BYTES 64

static enum convolution_method method_for(const struct conv2d *sizes, bool pool,
                                          const struct kernels *kernels)
{
    if (mono3x3_layer_fits(sizes))
        return CONVOLUTION_MONO3X3;
    return winograd_layer_products(sizes, pool, kernels->winograd) > 0 ? CONVOLUTION_WINOGRAD
                                                                       : CONVOLUTION_DIRECT;
}

bool convolution_takes_pool(const struct conv2d *sizes, const struct kernels *kernels)
{
    return method_for(sizes, true, kernels) != CONVOLUTION_DIRECT;
}

/* Zeroed weights and, behind them, biases. */
static bool allocate_weights(struct convolution *layer, size_t floats)
{
    void *memory = NULL;
    size_t size_bytes = (floats + layer->sizes.out_channels) * sizeof(float);
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return false;
    layer->weight = memset(memory, 0, size_bytes);
    layer->bias = layer->weight + floats;
    return true;
}

static bool init_direct(struct convolution *layer, const float *weight,
                        const struct kernels *kernels)
{
    if (!conv2d_tables_init(&layer->tables, &layer->sizes) ||
        !allocate_weights(layer, conv2d_packed_floats(&layer->sizes, kernels)))
        return false;
    conv2d_pack(layer->weight, weight, &layer->sizes, kernels);
    return true;
}

static bool init_mono3x3(struct convolution *layer, const float *weight, bool pool)
{
    mono3x3_layer_init(&layer->mono, &layer->sizes, layer->relu, pool);
    if (!allocate_weights(layer, mono3x3_layer_packed_floats(&layer->mono)))
        return false;
    mono3x3_layer_pack(layer->weight, weight, &layer->mono);
    return true;
}

static bool init_winograd(struct convolution *layer, const float *weight, bool pool,
                          const struct kernels *kernels)
{
    winograd_layer_init(&layer->winograd, &layer->sizes, layer->relu, pool, kernels->winograd);
    if (!allocate_weights(layer, winograd_layer_packed_bytes(&layer->winograd) / sizeof(float)))
        return false;
    layer->winograd.job.bias = layer->bias;
    kernels->winograd_pack(layer->weight, weight, layer->sizes.in_channels,
                           layer->sizes.out_channels);
    return true;
}

bool convolution_init(struct convolution *out, const struct conv2d *sizes, bool relu, bool pool,
                      const float *weight, const float *bias, const struct kernels *kernels)
{
    *out = (struct convolution){
        .method = method_for(sizes, pool, kernels), .sizes = *sizes, .relu = relu};
    bool done = false;
    switch (out->method) {
    case CONVOLUTION_DIRECT:
    case CONVOLUTION_TILES:
        done = init_direct(out, weight, kernels);
        break;
    case CONVOLUTION_MONO3X3:
        done = init_mono3x3(out, weight, pool);
        break;
    case CONVOLUTION_WINOGRAD:
        done = init_winograd(out, weight, pool, kernels);
        break;
    }
    if (done && bias != NULL)
        memcpy(out->bias, bias, sizes->out_channels * sizeof *bias);
    return done;
}

void convolution_release(struct convolution *layer)
{
    conv2d_tables_release(&layer->tables);
    free(layer->weight);
    layer->weight = layer->bias = NULL;
}

size_t convolution_out_elements(const struct convolution *layer)
{
    switch (layer->method) {
    case CONVOLUTION_MONO3X3:
        return layer->mono.out_elements;
    case CONVOLUTION_WINOGRAD:
        return layer->winograd.out_elements;
    case CONVOLUTION_DIRECT:
    case CONVOLUTION_TILES:
        break;
    }
    return conv2d_out_elements(&layer->sizes);
}

size_t convolution_scratch_floats(const struct convolution *layer)
{
    switch (layer->method) {
    case CONVOLUTION_MONO3X3:
        return mono3x3_layer_scratch_floats(&layer->mono);
    case CONVOLUTION_WINOGRAD:
        return winograd_layer_scratch_bytes(&layer->winograd) / sizeof(float);
    case CONVOLUTION_DIRECT:
    case CONVOLUTION_TILES:
        break;
    }
    return conv2d_scratch_floats(&layer->sizes, &layer->tables);
}

void convolution_forward(float *out, const float *in, size_t images,
                         const struct convolution *layer, float *scratch,
                         const struct kernels *kernels)
{
    switch (layer->method) {
    case CONVOLUTION_DIRECT:
    case CONVOLUTION_TILES:
        conv2d_forward(out, in, images, layer->weight, layer->bias, layer->relu, &layer->sizes,
                       &layer->tables, scratch, kernels);
        break;
    case CONVOLUTION_MONO3X3:
        mono3x3_layer_forward(out, in, images, layer->weight, layer->bias, &layer->mono, scratch,
                              kernels);
        break;
    case CONVOLUTION_WINOGRAD:
        winograd_layer_forward(out, in, images, layer->weight, &layer->winograd, scratch);
        break;
    }
}
