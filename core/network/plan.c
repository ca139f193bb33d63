#include "core/network/plan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/batchnorm2d.h"

/* The shape that a dense layer reads, before it was flattened. */
static struct shape dense_picture(const struct architecture *architecture, size_t index)
{
    while (index-- > 0) {
        const struct layer *layer = &architecture->layers[index];
        if (layer->type == LAYER_FLATTEN)
            return layer->in;
        if (layer->type == LAYER_DENSE)
            return layer->out;
    }
    return architecture->layers[0].in;
}

static struct conv2d dense_conv2d(const struct architecture *architecture, size_t index)
{
    struct shape in = dense_picture(architecture, index);
    return (struct conv2d){
        .in_channels = in.channels,
        .in_height = in.height,
        .in_width = in.width,
        .out_channels = architecture->layers[index].out.channels,
        .out_height = 1,
        .out_width = 1,
        .kernel_height = in.height,
        .kernel_width = in.width,
        .stride_height = 1,
        .stride_width = 1,
    };
}

struct conv2d layer_conv2d(const struct architecture *architecture, size_t index)
{
    const struct layer *layer = &architecture->layers[index];
    if (layer->type == LAYER_DENSE)
        return dense_conv2d(architecture, index);
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
    const float *parameters;
    float *weight; /* room for the largest layer's weights, to fold into */
    float *bias;   /* and as much for biases */
};

static const float *find(const struct builder *builder, size_t layer, enum parameter_role role)
{
    size_t offset = parameter_offset(builder->table, layer, role);
    return offset == SIZE_MAX ? NULL : builder->parameters + offset;
}

static struct batchnorm2d find_norm(const struct builder *builder, size_t index)
{
    return (struct batchnorm2d){
        .scale = find(builder, index, PARAMETER_SCALE),
        .shift = find(builder, index, PARAMETER_SHIFT),
        .mean = find(builder, index, PARAMETER_RUNNING_MEAN),
        .variance = find(builder, index, PARAMETER_RUNNING_VAR),
        .epsilon = builder->architecture->layers[index].epsilon,
    };
}

static struct step *add_step(struct builder *builder, enum step_type type, size_t out_elements)
{
    struct plan *plan = builder->plan;
    struct step *step = &plan->steps[plan->step_count++];
    *step = (struct step){.type = type, .out_elements = out_elements};
    if (out_elements > plan->max_elements)
        plan->max_elements = out_elements;
    return step;
}

static bool is_layer(const struct builder *builder, size_t index, enum layer_type type)
{
    return index < builder->architecture->layer_count &&
           builder->architecture->layers[index].type == type;
}

static bool is_pool_of_two(const struct builder *builder, size_t index)
{
    if (!is_layer(builder, index, LAYER_MAXPOOL2D))
        return false;
    const struct layer *layer = &builder->architecture->layers[index];
    return layer->kernel.height == 2 && layer->kernel.width == 2 && layer->stride.height == 2 &&
           layer->stride.width == 2;
}

/* Adds a convolution or dense layer and what follows it and becomes part of it: normalisation, ReLU,
 * max pooling. `next` becomes the first layer that does not. */
static bool add_convolution(struct builder *builder, size_t index, size_t *next)
{
    struct plan *plan = builder->plan;
    struct conv2d sizes = layer_conv2d(builder->architecture, index);
    size_t channels = sizes.out_channels, depth = conv2d_depth(&sizes);
    const float *bias = find(builder, index, PARAMETER_BIAS);
    memset(builder->bias, 0, channels * sizeof *builder->bias);
    if (bias != NULL)
        memcpy(builder->bias, bias, channels * sizeof *bias);
    memcpy(builder->weight, find(builder, index, PARAMETER_WEIGHT),
           channels * depth * sizeof *builder->weight);
    *next = index + 1;
    if (is_layer(builder, *next, LAYER_BATCHNORM2D)) {
        struct batchnorm2d norm = find_norm(builder, *next);
        batchnorm2d_fold(builder->weight, builder->bias, &norm, channels, depth);
        ++*next;
    }
    bool relu = is_layer(builder, *next, LAYER_RELU);
    *next += relu;
    bool pool = is_pool_of_two(builder, *next) && convolution_takes_pool(&sizes);
    *next += pool;
    struct step *step = add_step(builder, STEP_CONVOLUTION, 0);
    if (!convolution_init(&step->convolution, &sizes, relu, pool, builder->weight, builder->bias,
                          plan->kernels))
        return false;
    step->out_elements = convolution_out_elements(&step->convolution);
    if (step->out_elements > plan->max_elements)
        plan->max_elements = step->out_elements;
    size_t scratch = convolution_scratch_floats(&step->convolution);
    if (scratch > plan->scratch_floats)
        plan->scratch_floats = scratch;
    return true;
}

/* Batch normalisation that follows something else than a convolution is a step of its own. */
static bool add_batchnorm2d(struct builder *builder, size_t index)
{
    const struct shape *shape = &builder->architecture->layers[index].out;
    struct step *step = add_step(builder, STEP_SCALE_SHIFT, shape_elements(shape));
    struct batchnorm2d norm = find_norm(builder, index);
    step->channels = shape->channels;
    step->scale = calloc(2 * step->channels, sizeof *step->scale);
    if (step->scale == NULL)
        return false;
    step->shift = step->scale + step->channels;
    batchnorm2d_factors(step->scale, step->shift, &norm, step->channels);
    return true;
}

/* Adds layer `index`; `next` becomes the one to go on with. */
static bool add_layer(struct builder *builder, size_t index, size_t *next)
{
    const struct layer *layer = &builder->architecture->layers[index];
    size_t elements = shape_elements(&layer->out);
    *next = index + 1;
    switch (layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        return add_convolution(builder, index, next);
    case LAYER_BATCHNORM2D:
        return add_batchnorm2d(builder, index);
    case LAYER_MAXPOOL2D:
        add_step(builder, STEP_MAXPOOL2D, elements)->maxpool2d = layer_maxpool2d(layer);
        break;
    case LAYER_RELU:
        add_step(builder, STEP_RELU, elements);
        break;
    case LAYER_FLATTEN:
    case LAYER_DROPOUT:
        break;
    }
    return true;
}

static size_t largest_weight(const struct parameter_table *table)
{
    size_t largest = 1;
    for (size_t i = 0; i < table->count; i++)
        if (table->items[i].count > largest)
            largest = table->items[i].count;
    return largest;
}

struct shape architecture_logits_shape(const struct architecture *architecture)
{
    return dense_picture(architecture, architecture->layer_count);
}

enum digit_status plan_init(struct plan *out, const struct architecture *architecture,
                            const struct parameter_table *table, const float *parameters,
                            const struct kernels *kernels, const char *where,
                            struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = check_parameters(table, parameters, where, error);
    if (status != DIGIT_OK)
        return status;
    out->kernels = kernels;
    out->last = architecture_logits_shape(architecture);
    out->max_elements = shape_elements(&architecture->layers[0].in);
    size_t largest = largest_weight(table);
    struct builder builder = {.plan = out,
                              .architecture = architecture,
                              .table = table,
                              .parameters = parameters,
                              .weight = calloc(2 * largest, sizeof *builder.weight)};
    bool done = builder.weight != NULL;
    builder.bias = done ? builder.weight + largest : NULL;
    for (size_t i = 0; done && i < architecture->layer_count;)
        done = add_layer(&builder, i, &i);
    free(builder.weight);
    if (done)
        return DIGIT_OK;
    plan_release(out);
    return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu parameters", where,
                      table->total);
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        convolution_release(&plan->steps[i].convolution);
        free(plan->steps[i].scale);
        plan->steps[i].scale = NULL;
    }
    plan->step_count = 0;
}
