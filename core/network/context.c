#include <digit/context.h>

#include <stdlib.h>

#include "core/network/context_logits.h"
#include "core/network/context_observer.h"
#include "core/network/model_data.h"
#include "core/network/prediction.h"

#define ALIGNMENT_BYTES 64

/* An octet that is full foreground. */
#define OCTET_MOST 255.0f

struct digit_context {
    const struct digit_model *model;
    float *memory;   /* all of the memory below */
    float *active;   /* activations that the next step reads */
    float *inactive; /* activations that it writes; then both are swapped */
    float *scratch;
};

/* The number of floats of one of the two activations. */
static size_t activation_elements(const struct digit_model *model)
{
    return model->plan.max_elements * CONTEXT_BLOCK_IMAGES;
}

static size_t memory_elements(const struct digit_model *model)
{
    return 2 * activation_elements(model) + model->plan.scratch_floats;
}

const struct digit_model *digit_context_model(const struct digit_context *context)
{
    return context->model;
}

size_t digit_context_bytes(const struct digit_model *model)
{
    return sizeof(struct digit_context) + memory_elements(model) * sizeof(float);
}

enum digit_status digit_context_create(struct digit_context **out, const struct digit_model *model,
                                       struct digit_error *error)
{
    *out = NULL;
    size_t size_bytes = memory_elements(model) * sizeof(float);
    struct digit_context *context = calloc(1, sizeof *context);
    void *memory = NULL;
    if (context == NULL || posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0) {
        free(context);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a context of %zu bytes",
                          digit_context_bytes(model));
    }
    context->model = model;
    context->memory = memory;
    context->active = context->memory;
    context->inactive = context->active + activation_elements(model);
    context->scratch = context->inactive + activation_elements(model);
    *out = context;
    return DIGIT_OK;
}

void digit_context_destroy(struct digit_context *context)
{
    if (context == NULL)
        return;
    free(context->memory);
    free(context);
}

static void swap_activations(struct digit_context *context)
{
    float *read = context->active;
    context->active = context->inactive;
    context->inactive = read;
}

/* Images, [count][28][28]: either pixels, 0 to 1, or octets, 0 to 255; the other is NULL. */
struct images {
    const float *pixels;
    const uint8_t *octets;
    size_t count;
};

/* The block of at most CONTEXT_BLOCK_IMAGES images from number `first` on. */
static struct images block_of(const struct images *images, size_t first)
{
    struct images block = {.count = images->count - first};
    if (block.count > CONTEXT_BLOCK_IMAGES)
        block.count = CONTEXT_BLOCK_IMAGES;
    if (images->octets != NULL)
        block.octets = images->octets + first * DIGIT_PIXELS;
    else
        block.pixels = images->pixels + first * DIGIT_PIXELS;
    return block;
}

static void load_int8(struct digit_context *context, const struct images *block)
{
    const struct kernels *kernels = context->model->plan.kernels;
    if (block->octets != NULL)
        kernels->fill_int8_octets(context->active, block->octets, block->count * DIGIT_PIXELS);
    else
        kernels->fill_int8_pixels(context->active, block->pixels, block->count * DIGIT_PIXELS);
}

static void load_f32(struct digit_context *context, const struct images *block)
{
    float mean = context->model->preprocessing.mean;
    float deviation = context->model->preprocessing.deviation;
    size_t count = block->count * DIGIT_PIXELS;
    if (block->octets != NULL)
        for (size_t i = 0; i < count; i++)
            context->active[i] = ((float)block->octets[i] / OCTET_MOST - mean) / deviation;
    else
        for (size_t i = 0; i < count; i++)
            context->active[i] = (block->pixels[i] - mean) / deviation;
}

static void run_step(struct digit_context *context, const struct step *step, size_t images)
{
    const struct kernels *kernels = context->model->plan.kernels;
    const float *in = context->active;
    float *out = context->inactive;
    switch (step->type) {
    case STEP_CONV2D:
        conv2d_fused_forward(out, in, images, &step->conv2d, context->scratch, kernels);
        break;
    case STEP_SCALE_SHIFT:
        kernels->scale_shift(out, in, step->scale, step->shift,
                             images * step->out_elements / step->channels, step->channels);
        break;
    case STEP_MAXPOOL2D:
        kernels->maxpool2d(out, in, &step->maxpool2d, images);
        break;
    case STEP_RELU:
        kernels->relu(out, in, images * step->out_elements);
        break;
    case STEP_CONV2D_INT8:
        conv2d_fused_int8_forward(out, in, images, &step->conv2d_int8, context->scratch, kernels);
        break;
    case STEP_MAXPOOL2D_INT8:
        kernels->maxpool2d_int8(out, in, &step->maxpool2d, images);
        break;
    }
    swap_activations(context);
}

/* The logits of one image in PyTorch's order, which flattens channel by channel; in memory they lie pixel by
 * pixel. */
static void order_logits(float *out, const struct plan *plan, const float *logits)
{
    size_t pixels = plan->last.height * plan->last.width;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        out[i] = logits[i % pixels * plan->last.channels + i / pixels];
}

/* Runs all steps on a block of images and calls the observer, which may be NULL, after each. */
static void run_block(struct digit_context *context, const struct images *block,
                      const struct context_observer *observer)
{
    const struct plan *plan = &context->model->plan;
    if (plan->int8)
        load_int8(context, block);
    else
        load_f32(context, block);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];
        run_step(context, step, block->count);
        if (observer != NULL)
            observer->see_step(observer->data, step, context->active,
                               block->count * step->out_elements);
    }
}

void context_observe(struct digit_context *context, const uint8_t *octets, size_t count,
                     const struct context_observer *observer)
{
    const struct images images = {.octets = octets, .count = count};
    for (size_t first = 0; first < count; first += CONTEXT_BLOCK_IMAGES) {
        struct images block = block_of(&images, first);
        run_block(context, &block, observer);
    }
}

/* The logits of a block of images, [block->count][DIGIT_CLASSES]. */
static void block_logits(struct digit_context *context, float *out, const struct images *block)
{
    run_block(context, block, NULL);
    for (size_t i = 0; i < block->count; i++)
        order_logits(out + i * DIGIT_CLASSES, &context->model->plan,
                     context->active + i * DIGIT_CLASSES);
}

void context_logits(struct digit_context *context, float *out, const uint8_t *octets, size_t count)
{
    const struct images images = {.octets = octets, .count = count};
    for (size_t first = 0; first < count; first += CONTEXT_BLOCK_IMAGES) {
        struct images block = block_of(&images, first);
        block_logits(context, out + first * DIGIT_CLASSES, &block);
    }
}

/* Returns the number of images before the first whose logits are not finite. */
static size_t predict_block(struct digit_context *context, struct digit_prediction *out,
                            const struct images *block)
{
    float logits[CONTEXT_BLOCK_IMAGES * DIGIT_CLASSES];
    block_logits(context, logits, block);
    size_t done = 0;
    while (done < block->count &&
           prediction_make(&out[done], logits + done * DIGIT_CLASSES, &context->model->calibration))
        done++;
    return done;
}

static enum digit_status predict_images(struct digit_context *context, struct digit_prediction *out,
                                        const struct images *images, struct digit_error *error)
{
    for (size_t first = 0; first < images->count; first += CONTEXT_BLOCK_IMAGES) {
        struct images block = block_of(images, first);
        size_t finite = predict_block(context, out + first, &block);
        if (finite < block.count)
            return digit_fail(error, DIGIT_INVALID, "image %zu: the logits are not finite",
                              first + finite);
    }
    return DIGIT_OK;
}

enum digit_status digit_context_predict(struct digit_context *context, struct digit_prediction *out,
                                        const float *pixels, size_t count,
                                        struct digit_error *error)
{
    const struct images images = {.pixels = pixels, .count = count};
    return predict_images(context, out, &images, error);
}

enum digit_status digit_context_predict_octets(struct digit_context *context,
                                               struct digit_prediction *out, const uint8_t *octets,
                                               size_t count, struct digit_error *error)
{
    const struct images images = {.octets = octets, .count = count};
    return predict_images(context, out, &images, error);
}
