#include "core/network/parameters.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

static const char *const role_names[] = {
    [PARAMETER_WEIGHT] = "weight",
    [PARAMETER_BIAS] = "bias",
    [PARAMETER_SCALE] = "weight",
    [PARAMETER_SHIFT] = "bias",
    [PARAMETER_RUNNING_MEAN] = "running_mean",
    [PARAMETER_RUNNING_VAR] = "running_var",
};

static void add_parameter(struct parameter_table *table, const struct architecture *architecture,
                          size_t layer, enum parameter_role role, size_t rank,
                          const size_t shape[PARAMETER_MAX_RANK])
{
    assert(table->count < PARAMETERS_MAX);
    struct parameter *parameter = &table->items[table->count++];
    *parameter = (struct parameter){.role = role, .layer = layer, .rank = rank};
    snprintf(parameter->name, sizeof parameter->name, "%s.%s", architecture->layers[layer].name,
             role_names[role]);
    parameter->offset = table->total;
    parameter->count = 1;
    for (size_t i = 0; i < rank; i++) {
        parameter->shape[i] = shape[i];
        parameter->count *= shape[i];
    }
    table->total += parameter->count;
}

static void add_vector(struct parameter_table *table, const struct architecture *architecture,
                       size_t layer, enum parameter_role role)
{
    size_t shape[PARAMETER_MAX_RANK] = {architecture->layers[layer].out.channels};
    add_parameter(table, architecture, layer, role, 1, shape);
}

static void add_layer(struct parameter_table *table, const struct architecture *architecture,
                      size_t index)
{
    const struct layer *layer = &architecture->layers[index];
    size_t conv_shape[PARAMETER_MAX_RANK] = {layer->out.channels, layer->in.channels,
                                             layer->kernel.height, layer->kernel.width};
    size_t dense_shape[PARAMETER_MAX_RANK] = {layer->out.channels, layer->in.channels};
    switch (layer->type) {
    case LAYER_CONV2D:
        add_parameter(table, architecture, index, PARAMETER_WEIGHT, 4, conv_shape);
        break;
    case LAYER_DENSE:
        add_parameter(table, architecture, index, PARAMETER_WEIGHT, 2, dense_shape);
        break;
    case LAYER_BATCHNORM2D:
        add_vector(table, architecture, index, PARAMETER_SCALE);
        add_vector(table, architecture, index, PARAMETER_SHIFT);
        add_vector(table, architecture, index, PARAMETER_RUNNING_MEAN);
        add_vector(table, architecture, index, PARAMETER_RUNNING_VAR);
        break;
    case LAYER_RELU:
    case LAYER_MAXPOOL2D:
    case LAYER_FLATTEN:
    case LAYER_DROPOUT:
        break;
    }
    if (layer->has_bias)
        add_vector(table, architecture, index, PARAMETER_BIAS);
}

void parameter_table_init(struct parameter_table *out, const struct architecture *architecture)
{
    out->count = 0;
    out->total = 0;
    for (size_t i = 0; i < architecture->layer_count; i++)
        add_layer(out, architecture, i);
}

bool parameter_is_trained(const struct parameter *parameter)
{
    return parameter->role != PARAMETER_RUNNING_MEAN && parameter->role != PARAMETER_RUNNING_VAR;
}

size_t parameter_table_trained(const struct parameter_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (parameter_is_trained(&table->items[i]))
            count += table->items[i].count;
    return count;
}

size_t parameter_offset(const struct parameter_table *table, size_t layer, enum parameter_role role)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->items[i].layer == layer && table->items[i].role == role)
            return table->items[i].offset;
    return SIZE_MAX;
}
