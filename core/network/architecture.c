#include "core/network/architecture.h"

static const char *const type_names[] = {
    [LAYER_CONV2D] = "conv2d",       [LAYER_BATCHNORM2D] = "batchnorm2d", [LAYER_RELU] = "relu",
    [LAYER_MAXPOOL2D] = "maxpool2d", [LAYER_FLATTEN] = "flatten",         [LAYER_DENSE] = "dense",
    [LAYER_DROPOUT] = "dropout",
};

const char *layer_type_name(enum layer_type type)
{
    return type_names[type];
}

size_t shape_elements(const struct shape *shape)
{
    return shape->channels * shape->height * shape->width;
}

size_t layer_macs(const struct layer *layer)
{
    if (layer->type == LAYER_CONV2D)
        return shape_elements(&layer->out) * layer->in.channels * layer->kernel.height *
               layer->kernel.width;
    if (layer->type == LAYER_DENSE)
        return layer->out.channels * layer->in.channels;
    return 0;
}

size_t architecture_macs(const struct architecture *architecture)
{
    size_t macs = 0;
    for (size_t i = 0; i < architecture->layer_count; i++)
        macs += layer_macs(&architecture->layers[i]);
    return macs;
}
