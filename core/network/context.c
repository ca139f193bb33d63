#include <digit/context.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/layers/lanes.h"
#include "core/layers/relu.h"
#include "core/layers/softmax.h"
#include "core/network/model_data.h"

#define ALIGNMENT_BYTES 64

/* A block of LANES images costs as much as four (digits) to eight (seed) of them one by one. */
#define FULL_BLOCK_WORTH 5

struct digit_context {
    const struct digit_model *model;
    float *memory;   /* two activations, which the steps read and write in turn */
    float *active;   /* what the next step reads */
    float *inactive; /* what it writes */
};

/* Elements of one of the two activations; LANES floats are a whole cache line. */
static size_t activation_elements(const struct digit_model *model)
{
    return model->plan.max_elements * LANES;
}

size_t digit_context_bytes(const struct digit_model *model)
{
    return sizeof(struct digit_context) + 2 * activation_elements(model) * sizeof(float);
}

enum digit_status digit_context_create(struct digit_context **out, const struct digit_model *model,
                                       struct digit_error *error)
{
    *out = NULL;
    size_t elements = activation_elements(model);
    struct digit_context *context = calloc(1, sizeof *context);
    void *memory = NULL;
    if (context == NULL ||
        posix_memalign(&memory, ALIGNMENT_BYTES, 2 * elements * sizeof(float)) != 0) {
        free(context);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a context of %zu bytes",
                          digit_context_bytes(model));
    }
    context->model = model;
    context->memory = memory;
    context->active = context->memory;
    context->inactive = context->memory + elements;
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

/* Normalises `used` images into a block; lanes beyond them are zero. */
static void load_block(struct digit_context *context, const float *pixels, size_t used,
                       size_t lanes)
{
    const struct model_preprocessing *preprocessing = &context->model->preprocessing;
    float mean = preprocessing->mean;
    float deviation = preprocessing->deviation;
    for (size_t pixel = 0; pixel < DIGIT_PIXELS; pixel++)
        for (size_t lane = 0; lane < lanes; lane++)
            context->active[pixel * lanes + lane] =
                lane < used ? (pixels[lane * DIGIT_PIXELS + pixel] - mean) / deviation : 0.0f;
}

static void run_step(struct digit_context *context, const struct step *step, size_t lanes)
{
    const struct kernels *kernels = context->model->plan.kernels;
    const float *in = context->active;
    float *out = context->inactive;
    switch (step->type) {
    case STEP_CONV2D:
        kernels->conv2d_forward(out, in, step->weight, step->bias, &step->size.conv2d, lanes);
        break;
    case STEP_DENSE:
        kernels->dense_forward(out, in, step->weight, step->bias, &step->size.dense, lanes);
        break;
    case STEP_BATCHNORM2D:
        batchnorm2d_forward(out, in, step->mean, step->inverse, step->weight, step->bias,
                            &step->size.batchnorm2d, lanes);
        break;
    case STEP_MAXPOOL2D:
        maxpool2d_forward(out, in, &step->size.maxpool2d, lanes);
        break;
    case STEP_RELU:
        relu_forward(out, in, step->out_elements * lanes);
        break;
    }
    swap_activations(context);
}

static bool all_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* Probabilities and the likeliest class of one lane's logits; false if they are not finite. */
static bool read_prediction(struct digit_prediction *out, const float *logits, size_t lane,
                            size_t lanes)
{
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        out->probabilities[i] = logits[i * lanes + lane];
    if (!all_finite(out->probabilities, DIGIT_CLASSES))
        return false;
    softmax_forward(out->probabilities, out->probabilities, DIGIT_CLASSES);
    out->digit = 0;
    for (size_t i = 1; i < DIGIT_CLASSES; i++)
        if (out->probabilities[i] > out->probabilities[out->digit])
            out->digit = i;
    out->confidence = out->probabilities[out->digit];
    return true;
}

/* Returns how many of the block's images have finite logits before the first that has not. */
static size_t predict_block(struct digit_context *context, struct digit_prediction *out,
                            const float *pixels, size_t used, size_t lanes)
{
    const struct plan *plan = &context->model->plan;
    load_block(context, pixels, used, lanes);
    for (size_t i = 0; i < plan->step_count; i++)
        run_step(context, &plan->steps[i], lanes);
    size_t done = 0;
    while (done < used && read_prediction(&out[done], context->active, done, lanes))
        done++;
    return done;
}

enum digit_status digit_context_predict(struct digit_context *context, struct digit_prediction *out,
                                        const float *pixels, size_t count,
                                        struct digit_error *error)
{
    for (size_t done = 0; done < count;) {
        size_t left = count - done;
        size_t lanes = left >= FULL_BLOCK_WORTH ? LANES : 1;
        size_t used = left < lanes ? left : lanes;
        size_t finite =
            predict_block(context, out + done, pixels + done * DIGIT_PIXELS, used, lanes);
        done += finite;
        if (finite < used)
            return digit_fail(error, DIGIT_INVALID, "image %zu: the logits are not finite", done);
    }
    return DIGIT_OK;
}
