#include "core/network/plan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct conv2d layer_conv2d(const struct layer *layer)
{
    return (struct conv2d){
        .in_channels = layer->in.channels,
        .in_height = layer->in.height,
        .in_width = layer->in.width,
        .out_channels = layer->out.channels,
        .out_height = layer->out.height,
        .out_width = layer->out.width,
        .kernel_height = layer->kernel.height,
        .kernel_width = layer->kernel.width,
        .stride_height = layer->stride.height,
        .stride_width = layer->stride.width,
        .padding_height = layer->padding.height,
        .padding_width = layer->padding.width,
    };
}

struct dense layer_dense(const struct layer *layer)
{
    return (struct dense){layer->in.channels, layer->out.channels};
}

struct batchnorm2d layer_batchnorm2d(const struct layer *layer)
{
    return (struct batchnorm2d){layer->in.channels, layer->in.height * layer->in.width};
}

struct maxpool2d layer_maxpool2d(const struct layer *layer)
{
    return (struct maxpool2d){
        .channels = layer->in.channels,
        .in_height = layer->in.height,
        .in_width = layer->in.width,
        .out_height = layer->out.height,
        .out_width = layer->out.width,
        .kernel_height = layer->kernel.height,
        .kernel_width = layer->kernel.width,
        .stride_height = layer->stride.height,
        .stride_width = layer->stride.width,
    };
}

static enum digit_status check_parameters(const struct parameter_table *table,
                                          const float *parameters, const char *where,
                                          struct digit_error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct parameter *item = &table->items[i];
        for (size_t j = 0; j < item->count; j++) {
            float value = parameters[item->offset + j];
            if (!isfinite(value))
                return digit_fail(error, DIGIT_INVALID, "%s: tensor %s: element %zu is not finite",
                                  where, item->name, j);
            if (item->role == PARAMETER_RUNNING_VAR && value < 0.0f)
                return digit_fail(error, DIGIT_INVALID,
                                  "%s: tensor %s: element %zu is %g, a variance below zero", where,
                                  item->name, j, (double)value);
        }
    }
    return DIGIT_OK;
}

/* What making a plan goes through. */
struct builder {
    struct plan *plan;
    const struct architecture *architecture;
    const struct parameter_table *table;
    float *parameters; /* the plan's own copy */
    float *spare;      /* zeros behind them: biases and inverses that the file does not hold */
};

static float *find(const struct builder *builder, size_t layer, enum parameter_role role)
{
    size_t offset = parameter_offset(builder->table, layer, role);
    return offset == SIZE_MAX ? NULL : builder->parameters + offset;
}

static float *take_spare(struct builder *builder, size_t count)
{
    float *taken = builder->spare;
    builder->spare += count;
    return taken;
}

static struct step *add_step(struct builder *builder, enum step_type type,
                             const struct layer *layer)
{
    struct step *step = &builder->plan->steps[builder->plan->step_count++];
    *step = (struct step){.type = type, .out_elements = shape_elements(&layer->out)};
    if (step->out_elements > builder->plan->max_elements)
        builder->plan->max_elements = step->out_elements;
    return step;
}

static float *bias_of(struct builder *builder, size_t index)
{
    float *bias = find(builder, index, PARAMETER_BIAS);
    return bias != NULL ? bias
                        : take_spare(builder, builder->architecture->layers[index].out.channels);
}

/* Adds a convolution and, if batch normalisation follows, folds that; returns layers consumed. */
static size_t add_conv2d(struct builder *builder, size_t index)
{
    const struct layer *layer = &builder->architecture->layers[index];
    float *weight = find(builder, index, PARAMETER_WEIGHT);
    float *bias = bias_of(builder, index);
    struct step *step = add_step(builder, STEP_CONV2D, layer);
    step->size.conv2d = layer_conv2d(layer);
    step->weight = weight;
    step->bias = bias;
    size_t next = index + 1;
    if (next == builder->architecture->layer_count ||
        builder->architecture->layers[next].type != LAYER_BATCHNORM2D)
        return 1;
    batchnorm2d_fold(
        weight, bias, find(builder, next, PARAMETER_SCALE), find(builder, next, PARAMETER_SHIFT),
        find(builder, next, PARAMETER_RUNNING_MEAN), find(builder, next, PARAMETER_RUNNING_VAR),
        builder->architecture->layers[next].epsilon, layer->out.channels,
        layer->in.channels * layer->kernel.height * layer->kernel.width);
    return 2;
}

/* Batch normalisation that follows something else than a convolution stays a step of its own. */
static void add_batchnorm2d(struct builder *builder, size_t index)
{
    const struct layer *layer = &builder->architecture->layers[index];
    float *inverse = take_spare(builder, layer->out.channels);
    const float *variance = find(builder, index, PARAMETER_RUNNING_VAR);
    for (size_t c = 0; c < layer->out.channels; c++)
        inverse[c] = (float)(1.0 / sqrt((double)variance[c] + layer->epsilon));
    struct step *step = add_step(builder, STEP_BATCHNORM2D, layer);
    step->size.batchnorm2d = layer_batchnorm2d(layer);
    step->weight = find(builder, index, PARAMETER_SCALE);
    step->bias = find(builder, index, PARAMETER_SHIFT);
    step->mean = find(builder, index, PARAMETER_RUNNING_MEAN);
    step->inverse = inverse;
}

static void add_dense(struct builder *builder, size_t index)
{
    const struct layer *layer = &builder->architecture->layers[index];
    struct step *step = add_step(builder, STEP_DENSE, layer);
    step->size.dense = layer_dense(layer);
    step->weight = find(builder, index, PARAMETER_WEIGHT);
    step->bias = bias_of(builder, index);
}

/* Adds what layer `index` becomes; returns how many layers that took. */
static size_t add_layer(struct builder *builder, size_t index)
{
    const struct layer *layer = &builder->architecture->layers[index];
    switch (layer->type) {
    case LAYER_CONV2D:
        return add_conv2d(builder, index);
    case LAYER_BATCHNORM2D:
        add_batchnorm2d(builder, index);
        break;
    case LAYER_DENSE:
        add_dense(builder, index);
        break;
    case LAYER_MAXPOOL2D:
        add_step(builder, STEP_MAXPOOL2D, layer)->size.maxpool2d = layer_maxpool2d(layer);
        break;
    case LAYER_RELU:
        add_step(builder, STEP_RELU, layer);
        break;
    case LAYER_FLATTEN:
    case LAYER_DROPOUT:
        break;
    }
    return 1;
}

/* Elements that the steps may need beyond the parameters: a vector for each layer that has any. */
static size_t spare_elements(const struct architecture *architecture)
{
    size_t count = 0;
    for (size_t i = 0; i < architecture->layer_count; i++)
        if (architecture->layers[i].name[0] != '\0')
            count += architecture->layers[i].out.channels;
    return count;
}

enum digit_status plan_init(struct plan *out, const struct architecture *architecture,
                            const struct parameter_table *table, const float *parameters,
                            const char *where, struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = check_parameters(table, parameters, where, error);
    if (status != DIGIT_OK)
        return status;
    out->kernels = kernels_select();
    out->max_elements = shape_elements(&architecture->layers[0].in);
    out->weights = calloc(table->total + spare_elements(architecture), sizeof *out->weights);
    if (out->weights == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu parameters", where,
                          table->total);
    memcpy(out->weights, parameters, table->total * sizeof *out->weights);
    struct builder builder = {.plan = out,
                              .architecture = architecture,
                              .table = table,
                              .parameters = out->weights,
                              .spare = out->weights + table->total};
    for (size_t i = 0; i < architecture->layer_count;)
        i += add_layer(&builder, i);
    return DIGIT_OK;
}

void plan_release(struct plan *plan)
{
    free(plan->weights);
    plan->weights = NULL;
    plan->step_count = 0;
}
