#include "core/network/plan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/batchnorm2d.h"

#define ACTIVATION_MOST ((float)KERNELS_INT8_ACTIVATION_MOST)

/* The shape that a dense layer reads, before flattening. */
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

/* A dense layer as the convolution whose kernel covers the whole picture. */
static struct layer dense_as_conv2d(const struct architecture *architecture, size_t index)
{
    struct layer layer = architecture->layers[index];
    layer.in = dense_picture(architecture, index);
    layer.kernel = (struct extent){layer.in.height, layer.in.width};
    layer.stride = (struct extent){1, 1};
    return layer;
}

struct conv2d layer_conv2d(const struct architecture *architecture, size_t index)
{
    struct layer layer = architecture->layers[index];
    if (layer.type == LAYER_DENSE)
        layer = dense_as_conv2d(architecture, index);
    return (struct conv2d){
        .in_channels = layer.in.channels,
        .in_height = layer.in.height,
        .in_width = layer.in.width,
        .out_channels = layer.out.channels,
        .out_height = layer.out.height,
        .out_width = layer.out.width,
        .kernel_height = layer.kernel.height,
        .kernel_width = layer.kernel.width,
        .stride_height = layer.stride.height,
        .stride_width = layer.stride.width,
        .padding_height = layer.padding.height,
        .padding_width = layer.padding.width,
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
                return digit_fail(
                    error, DIGIT_INVALID,
                    "%s: tensor %s: element %zu is %g; a variance must not be negative", where,
                    item->name, j, (double)value);
        }
    }
    return DIGIT_OK;
}

/* The state of plan_init. */
struct builder {
    struct plan *plan;
    const struct architecture *architecture;
    const struct parameter_table *table;
    const float *parameters;
    const struct quantisation *quantisation; /* NULL: float32 */
    size_t convolutions; /* int8 only: number of convolutions and dense layers added so far */
    float *weight;       /* folded weights of one layer; large enough for the largest */
    float *bias;         /* folded biases, of the same size */
};

static const float *find_parameter(const struct builder *builder, size_t layer,
                                   enum parameter_role role)
{
    size_t offset = parameter_offset(builder->table, layer, role);
    return offset == SIZE_MAX ? NULL : builder->parameters + offset;
}

static struct batchnorm2d find_norm(const struct builder *builder, size_t index)
{
    return (struct batchnorm2d){
        .scale = find_parameter(builder, index, PARAMETER_SCALE),
        .shift = find_parameter(builder, index, PARAMETER_SHIFT),
        .mean = find_parameter(builder, index, PARAMETER_RUNNING_MEAN),
        .variance = find_parameter(builder, index, PARAMETER_RUNNING_VAR),
        .epsilon = builder->architecture->layers[index].epsilon,
    };
}

static struct step *add_step(struct plan *plan, enum step_type type)
{
    struct step *step = &plan->steps[plan->step_count++];
    *step = (struct step){.type = type};
    return step;
}

static void set_out_elements(struct plan *plan, struct step *step, size_t elements)
{
    step->out_elements = elements;
    if (elements > plan->max_elements)
        plan->max_elements = elements;
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

/* A convolution or dense layer with the layers after it that become part of its step. */
struct part {
    struct conv2d sizes;
    bool relu, pool;
    size_t next; /* the first layer that is not part of it */
};

/* Copies the layer's weights and bias to the builder and folds the batch normalisation after it into them. */
static void fold_layer(struct builder *builder, size_t index, struct part *part)
{
    size_t channels = part->sizes.out_channels, depth = conv2d_depth(&part->sizes);
    const float *bias = find_parameter(builder, index, PARAMETER_BIAS);
    memset(builder->bias, 0, channels * sizeof *builder->bias);
    if (bias != NULL)
        memcpy(builder->bias, bias, channels * sizeof *bias);
    memcpy(builder->weight, find_parameter(builder, index, PARAMETER_WEIGHT),
           channels * depth * sizeof *builder->weight);
    if (is_layer(builder, part->next, LAYER_BATCHNORM2D)) {
        struct batchnorm2d norm = find_norm(builder, part->next);
        batchnorm2d_fold(builder->weight, builder->bias, &norm, channels, depth);
        part->next++;
    }
}

static struct part make_part(struct builder *builder, size_t index)
{
    struct part part = {.sizes = layer_conv2d(builder->architecture, index), .next = index + 1};
    fold_layer(builder, index, &part);
    part.relu = is_layer(builder, part.next, LAYER_RELU);
    part.next += part.relu;
    part.pool = is_pool_of_two(builder, part.next) &&
                (builder->quantisation != NULL
                     ? conv2d_fused_int8_takes_pool(&part.sizes, builder->plan->kernels)
                     : conv2d_fused_takes_pool(&part.sizes, builder->plan->kernels));
    part.next += part.pool;
    return part;
}

static void grow_scratch(struct plan *plan, size_t floats)
{
    if (floats > plan->scratch_floats)
        plan->scratch_floats = floats;
}

static enum digit_status add_conv2d(struct builder *builder, size_t index, size_t *next)
{
    struct plan *plan = builder->plan;
    struct part part = make_part(builder, index);
    struct step *step = add_step(plan, STEP_CONV2D);
    *next = part.next;
    if (!conv2d_fused_init(&step->conv2d, &part.sizes, part.relu, part.pool, builder->weight,
                           builder->bias, plan->kernels))
        return DIGIT_NO_MEMORY;
    set_out_elements(plan, step, conv2d_fused_out_elements(&step->conv2d));
    grow_scratch(plan, conv2d_fused_scratch_floats(&step->conv2d));
    return DIGIT_OK;
}

/* The scales of the activations before and after the next convolution. */
static struct int8_scales next_scales(struct builder *builder)
{
    const struct quantisation *quantisation = builder->quantisation;
    size_t index = builder->convolutions++;
    struct int8_scales scales = {0};
    if (index == 0) {
        scales.in_scale = 1.0f / (ACTIVATION_MOST * quantisation->deviation);
        scales.in_offset = -quantisation->mean / quantisation->deviation;
        scales.padding = (uint8_t)lrintf(ACTIVATION_MOST * quantisation->mean);
    } else {
        scales.in_scale = quantisation->ranges[index - 1] / ACTIVATION_MOST;
    }
    if (index < quantisation->count)
        scales.out_scale = quantisation->ranges[index] / ACTIVATION_MOST;
    return scales;
}

static enum digit_status add_conv2d_int8(struct builder *builder, size_t index, size_t *next)
{
    struct plan *plan = builder->plan;
    struct part part = make_part(builder, index);
    struct int8_scales scales = next_scales(builder);
    struct step *step = add_step(plan, STEP_CONV2D_INT8);
    *next = part.next;
    if (part.relu != (scales.out_scale > 0.0f))
        return DIGIT_UNSUPPORTED;
    enum conv2d_fused_int8_result result =
        conv2d_fused_int8_init(&step->conv2d_int8, &part.sizes, part.pool, builder->weight,
                               builder->bias, &scales, plan->kernels);
    if (result != CONV2D_FUSED_INT8_OK)
        return result == CONV2D_FUSED_INT8_UNFIT ? DIGIT_UNSUPPORTED : DIGIT_NO_MEMORY;
    set_out_elements(plan, step, step->conv2d_int8.out_elements);
    size_t bytes = conv2d_fused_int8_scratch_bytes(&step->conv2d_int8, plan->kernels);
    grow_scratch(plan, (bytes + sizeof(float) - 1) / sizeof(float));
    return DIGIT_OK;
}

static void add_maxpool2d(struct builder *builder, const struct layer *layer)
{
    struct plan *plan = builder->plan;
    struct step *step = add_step(plan, plan->int8 ? STEP_MAXPOOL2D_INT8 : STEP_MAXPOOL2D);
    step->maxpool2d = layer_maxpool2d(layer);
    if (plan->int8)
        step->maxpool2d.channels = KERNELS_INT8_CHANNELS(layer->in.channels);
    set_out_elements(plan, step,
                     step->maxpool2d.out_height * step->maxpool2d.out_width *
                         step->maxpool2d.channels);
}

/* A batch normalisation that does not follow a convolution is a step of its own. */
static enum digit_status add_batchnorm2d(struct builder *builder, size_t index)
{
    const struct shape *shape = &builder->architecture->layers[index].out;
    struct step *step = add_step(builder->plan, STEP_SCALE_SHIFT);
    struct batchnorm2d norm = find_norm(builder, index);
    set_out_elements(builder->plan, step, shape_elements(shape));
    step->channels = shape->channels;
    step->scale = calloc(2 * step->channels, sizeof *step->scale);
    if (step->scale == NULL)
        return DIGIT_NO_MEMORY;
    step->shift = step->scale + step->channels;
    batchnorm2d_factors(step->scale, step->shift, &norm, step->channels);
    return DIGIT_OK;
}

static void add_relu(struct builder *builder, const struct layer *layer)
{
    struct step *step = add_step(builder->plan, STEP_RELU);
    set_out_elements(builder->plan, step, shape_elements(&layer->out));
}

/* Adds layer `index` and sets `next` to the layer to add next. Writes no error message. */
static enum digit_status add_layer(struct builder *builder, size_t index, size_t *next)
{
    const struct layer *layer = &builder->architecture->layers[index];
    bool int8 = builder->plan->int8;
    *next = index + 1;
    switch (layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        return int8 ? add_conv2d_int8(builder, index, next) : add_conv2d(builder, index, next);
    case LAYER_BATCHNORM2D:
        return int8 ? DIGIT_UNSUPPORTED : add_batchnorm2d(builder, index);
    case LAYER_MAXPOOL2D:
        add_maxpool2d(builder, layer);
        break;
    case LAYER_RELU:
        if (int8)
            return DIGIT_UNSUPPORTED;
        add_relu(builder, layer);
        break;
    case LAYER_FLATTEN:
    case LAYER_DROPOUT:
        break;
    }
    return DIGIT_OK;
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

/* Writes the message for a failure of add_layer. */
static enum digit_status fail_plan(enum digit_status status, const struct parameter_table *table,
                                   const char *where, struct digit_error *error)
{
    if (status == DIGIT_UNSUPPORTED)
        return digit_fail(
            error, status,
            "%s: the layers cannot run in int8: every convolution and dense layer except the last "
            "must be followed by a ReLU, and the first convolution must be 3x3 with stride 1",
            where);
    return digit_fail(error, status, "%s: no memory for %zu parameters", where, table->total);
}

enum digit_status plan_init(struct plan *out, const struct architecture *architecture,
                            const struct parameter_table *table, const float *parameters,
                            const struct quantisation *quantisation, const struct kernels *kernels,
                            const char *where, struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = check_parameters(table, parameters, where, error);
    if (status != DIGIT_OK)
        return status;
    out->kernels = kernels;
    out->int8 = quantisation != NULL;
    out->last = architecture_logits_shape(architecture);
    out->max_elements = shape_elements(&architecture->layers[0].in);
    size_t largest = largest_weight(table);
    struct builder builder = {.plan = out,
                              .architecture = architecture,
                              .table = table,
                              .parameters = parameters,
                              .quantisation = quantisation,
                              .weight = calloc(2 * largest, sizeof *builder.weight)};
    if (builder.weight == NULL)
        status = DIGIT_NO_MEMORY;
    else
        builder.bias = builder.weight + largest;
    for (size_t i = 0; status == DIGIT_OK && i < architecture->layer_count;)
        status = add_layer(&builder, i, &i);
    free(builder.weight);
    if (status == DIGIT_OK)
        return DIGIT_OK;
    plan_release(out);
    return fail_plan(status, table, where, error);
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        conv2d_fused_release(&plan->steps[i].conv2d);
        conv2d_fused_int8_release(&plan->steps[i].conv2d_int8);
        free(plan->steps[i].scale);
        plan->steps[i].scale = NULL;
    }
    plan->step_count = 0;
}
