#include "core/network/plan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/batchnorm2d.h"

#define ALIGNMENT_BYTES 64

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

static struct step *add_step(struct builder *builder, enum step_type type, size_t index)
{
    struct plan *plan = builder->plan;
    struct step *step = &plan->steps[plan->step_count++];
    const struct layer *layer = &builder->architecture->layers[index];
    *step = (struct step){.type = type, .out_elements = shape_elements(&layer->out)};
    if (step->out_elements > plan->max_elements)
        plan->max_elements = step->out_elements;
    return step;
}

/* Zeroed weights and, behind them, `channels` biases. */
static bool allocate_weights(struct step *step, size_t floats, size_t channels)
{
    void *memory = NULL;
    size_t size_bytes = (floats + channels) * sizeof(float);
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return false;
    step->weight = memset(memory, 0, size_bytes);
    step->bias = step->weight + floats;
    return true;
}

static bool has_norm(const struct builder *builder, size_t index)
{
    return index < builder->architecture->layer_count &&
           builder->architecture->layers[index].type == LAYER_BATCHNORM2D;
}

/* Adds a convolution or dense layer with the normalisation that follows it. */
static bool add_conv2d(struct builder *builder, size_t index)
{
    struct plan *plan = builder->plan;
    struct step *step = add_step(builder, STEP_CONV2D, index);
    step->conv2d = layer_conv2d(builder->architecture, index);
    size_t channels = step->conv2d.out_channels, depth = conv2d_depth(&step->conv2d);
    if (!conv2d_tables_init(&step->tables, &step->conv2d) ||
        !allocate_weights(step, conv2d_packed_floats(&step->conv2d, plan->kernels), channels))
        return false;
    const float *bias = find(builder, index, PARAMETER_BIAS);
    if (bias != NULL)
        memcpy(step->bias, bias, channels * sizeof *bias);
    memcpy(builder->weight, find(builder, index, PARAMETER_WEIGHT),
           channels * depth * sizeof *builder->weight);
    if (has_norm(builder, index + 1)) {
        struct batchnorm2d norm = find_norm(builder, index + 1);
        batchnorm2d_fold(builder->weight, step->bias, &norm, channels, depth);
    }
    conv2d_pack(step->weight, builder->weight, &step->conv2d, plan->kernels);
    size_t scratch = conv2d_scratch_floats(&step->conv2d, &step->tables);
    if (scratch > plan->scratch_floats)
        plan->scratch_floats = scratch;
    return true;
}

/* Batch normalisation that follows something else than a convolution is a step of its own. */
static bool add_batchnorm2d(struct builder *builder, size_t index)
{
    struct step *step = add_step(builder, STEP_SCALE_SHIFT, index);
    struct batchnorm2d norm = find_norm(builder, index);
    step->channels = builder->architecture->layers[index].out.channels;
    if (!allocate_weights(step, step->channels, step->channels))
        return false;
    batchnorm2d_factors(step->weight, step->bias, &norm, step->channels);
    return true;
}

static bool add_layer(struct builder *builder, size_t index)
{
    const struct layer *layer = &builder->architecture->layers[index];
    switch (layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        return add_conv2d(builder, index);
    case LAYER_BATCHNORM2D:
        return (index > 0 && builder->architecture->layers[index - 1].type == LAYER_CONV2D) ||
               add_batchnorm2d(builder, index);
    case LAYER_MAXPOOL2D:
        add_step(builder, STEP_MAXPOOL2D, index)->maxpool2d = layer_maxpool2d(layer);
        break;
    case LAYER_RELU:
        add_step(builder, STEP_RELU, index);
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
    struct builder builder = {.plan = out,
                              .architecture = architecture,
                              .table = table,
                              .parameters = parameters,
                              .weight = calloc(largest_weight(table), sizeof *builder.weight)};
    bool done = builder.weight != NULL;
    for (size_t i = 0; done && i < architecture->layer_count; i++)
        done = add_layer(&builder, i);
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
        conv2d_tables_release(&plan->steps[i].tables);
        free(plan->steps[i].weight);
        plan->steps[i].weight = NULL;
    }
    plan->step_count = 0;
}
