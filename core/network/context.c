#include <digit/context.h>

#include <stdlib.h>

#include "core/network/context_logits.h"
#include "core/network/context_observer.h"
#include "core/network/model_data.h"
#include "core/network/prediction.h"

#define ALIGNMENT_BYTES 64

/* Images that go through the layers together: deep layers have too few pixels to be fast alone. */
#define BLOCK_IMAGES 16

struct digit_context {
    const struct digit_model *model;
    float *memory;   /* two activations, which the steps read and write in turn, and scratch */
    float *active;   /* what the next step reads */
    float *inactive; /* what it writes */
    float *scratch;
};

/* Elements of one of the two activations. */
static size_t activation_elements(const struct digit_model *model)
{
    return model->plan.max_elements * BLOCK_IMAGES;
}

static size_t memory_elements(const struct digit_model *model)
{
    return 2 * activation_elements(model) + model->plan.scratch_floats;
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

static void load_images(struct digit_context *context, const float *pixels, size_t images)
{
    const struct model_preprocessing *preprocessing = &context->model->preprocessing;
    if (context->model->plan.int8) {
        context->model->plan.kernels->fill_int8_pixels(context->active, pixels,
                                                       images * DIGIT_PIXELS);
        return;
    }
    float mean = preprocessing->mean;
    float deviation = preprocessing->deviation;
    for (size_t i = 0; i < images * DIGIT_PIXELS; i++)
        context->active[i] = (pixels[i] - mean) / deviation;
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

/* The logits of one image: PyTorch flattens channel by channel, memory holds pixel by pixel. */
static void order_logits(float *out, const struct plan *plan, const float *logits)
{
    size_t pixels = plan->last.height * plan->last.width;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        out[i] = logits[i % pixels * plan->last.channels + i / pixels];
}

/* Runs all steps on a block of images, and shows what each of them made to `observer`, if there is. */
static void run_block(struct digit_context *context, const float *pixels, size_t images,
                      const struct context_observer *observer)
{
    const struct plan *plan = &context->model->plan;
    load_images(context, pixels, images);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];
        run_step(context, step, images);
        if (observer != NULL)
            observer->see_step(observer->data, step, context->active, images * step->out_elements);
    }
}

void context_observe(struct digit_context *context, const float *pixels, size_t count,
                     const struct context_observer *observer)
{
    for (size_t done = 0; done < count; done += BLOCK_IMAGES) {
        size_t left = count - done;
        run_block(context, pixels + done * DIGIT_PIXELS, left < BLOCK_IMAGES ? left : BLOCK_IMAGES,
                  observer);
    }
}

/* The logits of a block of images, [images][DIGIT_CLASSES]. */
static void block_logits(struct digit_context *context, float *out, const float *pixels,
                         size_t images)
{
    run_block(context, pixels, images, NULL);
    for (size_t i = 0; i < images; i++)
        order_logits(out + i * DIGIT_CLASSES, &context->model->plan,
                     context->active + i * DIGIT_CLASSES);
}

void context_logits(struct digit_context *context, float *out, const float *pixels, size_t count)
{
    for (size_t done = 0; done < count; done += BLOCK_IMAGES) {
        size_t left = count - done;
        block_logits(context, out + done * DIGIT_CLASSES, pixels + done * DIGIT_PIXELS,
                     left < BLOCK_IMAGES ? left : BLOCK_IMAGES);
    }
}

/* Returns how many of the images have finite logits before the first that has not. */
static size_t predict_block(struct digit_context *context, struct digit_prediction *out,
                            const float *pixels, size_t images)
{
    float logits[BLOCK_IMAGES * DIGIT_CLASSES];
    block_logits(context, logits, pixels, images);
    size_t done = 0;
    while (done < images &&
           prediction_make(&out[done], logits + done * DIGIT_CLASSES, &context->model->calibration))
        done++;
    return done;
}

enum digit_status digit_context_predict(struct digit_context *context, struct digit_prediction *out,
                                        const float *pixels, size_t count,
                                        struct digit_error *error)
{
    for (size_t done = 0; done < count;) {
        size_t left = count - done;
        size_t images = left < BLOCK_IMAGES ? left : BLOCK_IMAGES;
        size_t finite = predict_block(context, out + done, pixels + done * DIGIT_PIXELS, images);
        done += finite;
        if (finite < images)
            return digit_fail(error, DIGIT_INVALID, "image %zu: the logits are not finite", done);
    }
    return DIGIT_OK;
}
