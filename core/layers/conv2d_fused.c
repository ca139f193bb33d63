#include "core/layers/conv2d_fused.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT_BYTES 64

static enum conv2d_method method_for(const struct conv2d *sizes, bool pool,
                                     const struct kernels *kernels)
{
    if (conv3x3_c1_layer_fits(sizes))
        return CONV2D_METHOD_3X3_C1;
    return winograd_layer_products(sizes, pool, kernels->winograd) > 0 ? CONV2D_METHOD_WINOGRAD
                                                                       : CONV2D_METHOD_DIRECT;
}

bool conv2d_fused_takes_pool(const struct conv2d *sizes, const struct kernels *kernels)
{
    return method_for(sizes, true, kernels) != CONV2D_METHOD_DIRECT;
}

/* Allocates zeroed weights followed by zeroed biases. */
static bool allocate_weights(struct conv2d_fused *layer, size_t floats)
{
    void *memory = NULL;
    size_t size_bytes = (floats + layer->sizes.out_channels) * sizeof(float);
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return false;
    layer->weight = memset(memory, 0, size_bytes);
    layer->bias = layer->weight + floats;
    return true;
}

static bool init_direct(struct conv2d_fused *layer, const float *weight,
                        const struct kernels *kernels)
{
    if (!conv2d_direct_tables_init(&layer->tables, &layer->sizes) ||
        !allocate_weights(layer, conv2d_direct_packed_floats(&layer->sizes, kernels)))
        return false;
    conv2d_direct_pack(layer->weight, weight, &layer->sizes, kernels);
    return true;
}

static bool init_conv3x3_c1(struct conv2d_fused *layer, const float *weight, bool pool)
{
    conv3x3_c1_layer_init(&layer->c1, &layer->sizes, layer->relu, pool);
    if (!allocate_weights(layer, conv3x3_c1_layer_packed_floats(&layer->c1)))
        return false;
    conv3x3_c1_layer_pack(layer->weight, weight, &layer->c1);
    return true;
}

static bool init_winograd(struct conv2d_fused *layer, const float *weight, bool pool,
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

bool conv2d_fused_init(struct conv2d_fused *out, const struct conv2d *sizes, bool relu, bool pool,
                       const float *weight, const float *bias, const struct kernels *kernels)
{
    *out = (struct conv2d_fused){
        .method = method_for(sizes, pool, kernels), .sizes = *sizes, .relu = relu};
    bool done = false;
    switch (out->method) {
    case CONV2D_METHOD_DIRECT:
    case CONV2D_METHOD_TILES:
        done = init_direct(out, weight, kernels);
        break;
    case CONV2D_METHOD_3X3_C1:
        done = init_conv3x3_c1(out, weight, pool);
        break;
    case CONV2D_METHOD_WINOGRAD:
        done = init_winograd(out, weight, pool, kernels);
        break;
    }
    if (done && bias != NULL)
        memcpy(out->bias, bias, sizes->out_channels * sizeof *bias);
    return done;
}

void conv2d_fused_release(struct conv2d_fused *layer)
{
    conv2d_direct_tables_release(&layer->tables);
    free(layer->weight);
    layer->weight = layer->bias = NULL;
}

size_t conv2d_fused_out_elements(const struct conv2d_fused *layer)
{
    switch (layer->method) {
    case CONV2D_METHOD_3X3_C1:
        return layer->c1.out_elements;
    case CONV2D_METHOD_WINOGRAD:
        return layer->winograd.out_elements;
    case CONV2D_METHOD_DIRECT:
    case CONV2D_METHOD_TILES:
        break;
    }
    return conv2d_out_elements(&layer->sizes);
}

size_t conv2d_fused_scratch_floats(const struct conv2d_fused *layer)
{
    switch (layer->method) {
    case CONV2D_METHOD_3X3_C1:
        return conv3x3_c1_layer_scratch_floats(&layer->c1);
    case CONV2D_METHOD_WINOGRAD:
        return winograd_layer_scratch_bytes(&layer->winograd) / sizeof(float);
    case CONV2D_METHOD_DIRECT:
    case CONV2D_METHOD_TILES:
        break;
    }
    return conv2d_direct_scratch_floats(&layer->sizes, &layer->tables);
}

void conv2d_fused_forward(float *out, const float *in, size_t images,
                          const struct conv2d_fused *layer, float *scratch,
                          const struct kernels *kernels)
{
    switch (layer->method) {
    case CONV2D_METHOD_DIRECT:
    case CONV2D_METHOD_TILES:
        conv2d_direct_forward(out, in, images, layer->weight, layer->bias, layer->relu,
                              &layer->sizes, &layer->tables, scratch, kernels);
        break;
    case CONV2D_METHOD_3X3_C1:
        conv3x3_c1_layer_forward(out, in, images, layer->weight, layer->bias, &layer->c1, scratch,
                                 kernels);
        break;
    case CONV2D_METHOD_WINOGRAD:
        winograd_layer_forward(out, in, images, layer->weight, &layer->winograd, scratch);
        break;
    }
}
