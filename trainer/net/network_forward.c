#include "trainer/net/network_forward.h"

#include <math.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/layers/softmax.h"
#include "core/network/model.h"
#include "trainer/base/rng.h"

#define NORM_MOMENTUM 0.1 /* weight of a batch in the running statistics, PyTorch's default */

/* Dropout has a random generator for each image of a batch, in each layer of each step. */
#define MAX_BATCH_IMAGES 65536

static void load_images(const struct train_step *step, const struct chunk *chunk)
{
    const float *pixels = step->batch->pixels + chunk->first * DIGIT_PIXELS;
    float *input = step->network->input + chunk->first * DIGIT_PIXELS;
    for (size_t i = 0; i < chunk->count * DIGIT_PIXELS; i++)
        input[i] = (pixels[i] - MODEL_MNIST_MEAN) / MODEL_MNIST_DEVIATION;
}

static void dropout_image(const struct train_step *step, size_t index, const float *in,
                          size_t image)
{
    const struct train_layer *state = &step->network->layers[index];
    float *out = state->out + image * state->out_elements;
    float *mask = state->mask + image * state->out_elements;
    float probability = state->layer->probability;
    uint64_t place =
        (step->batch->step * ARCHITECTURE_MAX_LAYERS + index) * MAX_BATCH_IMAGES + image;
    struct rng rng = rng_make(step->batch->seed, RNG_DROPOUT, place);
    for (size_t i = 0; i < state->out_elements; i++) {
        mask[i] = rng_uniform(&rng) < probability ? 0.0f : 1.0f / (1.0f - probability);
        out[i] = in[i] * mask[i];
    }
}

static void forward_layer(const struct train_step *step, size_t index, const struct chunk *chunk)
{
    const struct train_layer *state = &step->network->layers[index];
    const struct kernels *kernels = step->network->kernels;
    const float *in = step_in(step, index, chunk);
    float *out = step_out(step, index, chunk);
    switch (state->layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        conv2d_direct_forward(out, in, chunk->count, state->packed,
                              step_parameter(step, index, PARAMETER_BIAS), false, &state->conv2d,
                              &state->tables, chunk->memory->scratch, kernels);
        break;
    case LAYER_BATCHNORM2D:
        step_normalise(step, index, chunk);
        break;
    case LAYER_MAXPOOL2D:
        kernels->maxpool2d(out, in, &state->maxpool2d, chunk->count);
        break;
    case LAYER_RELU:
        if (!state->is_fused)
            kernels->relu(out, in, chunk->count * state->out_elements);
        break;
    case LAYER_DROPOUT:
        for (size_t i = 0; i < chunk->count; i++)
            dropout_image(step, index, in + i * state->in_elements, chunk->first + i);
        break;
    case LAYER_FLATTEN:
        break;
    }
}

/* Adds the chunk's images to the block's sums for batch normalisation `index`. */
static void sum_chunk(const struct train_step *step, size_t index, const struct chunk *chunk)
{
    const struct norm_state *norm = &step->network->layers[index].norm;
    double *sums = norm->sums + chunk->block * 2 * norm->channels;
    for (size_t i = 0; chunk->begins_block && i < 2 * norm->channels; i++)
        sums[i] = 0.0;
    step->network->train_kernels->sums(sums, sums + norm->channels, step_in(step, index, chunk),
                                       chunk->count * norm->pixels, norm->channels);
}

/* Updates the running statistics; as in PyTorch, the running variance is unbiased. */
static void update_running(const struct train_step *step, size_t index, size_t channel, double mean,
                           double variance, double count)
{
    float *running_mean = step_parameter(step, index, PARAMETER_RUNNING_MEAN) + channel;
    float *running_var = step_parameter(step, index, PARAMETER_RUNNING_VAR) + channel;
    double unbiased = count > 1.0 ? variance * count / (count - 1.0) : variance;
    *running_mean = (float)(*running_mean + NORM_MOMENTUM * (mean - *running_mean));
    *running_var = (float)(*running_var + NORM_MOMENTUM * (unbiased - *running_var));
}

/* Computes the batch statistics of one channel. */
static void finish_channel(const struct train_step *step, size_t index, size_t channel)
{
    const struct train_layer *state = &step->network->layers[index];
    const struct norm_state *norm = &state->norm;
    double count = (double)step->batch->count * (double)norm->pixels;
    double sum = 0.0, square_sum = 0.0;
    for (size_t block = 0; block < step->blocks; block++) {
        sum += norm->sums[block * 2 * norm->channels + channel];
        square_sum += norm->sums[(block * 2 + 1) * norm->channels + channel];
    }
    double mean = sum / count;
    double variance = fmax(square_sum / count - mean * mean, 0.0);
    double inverse = 1.0 / sqrt(variance + state->layer->epsilon);
    double factor = step_parameter(step, index, PARAMETER_SCALE)[channel] * inverse;
    norm->mean[channel] = (float)mean;
    norm->inverse[channel] = (float)inverse;
    norm->factor[channel] = (float)factor;
    norm->term[channel] =
        (float)(step_parameter(step, index, PARAMETER_SHIFT)[channel] - mean * factor);
    update_running(step, index, channel, mean, variance, count);
}

static void measure_image(const struct train_step *step, size_t image, size_t block)
{
    struct train_network *network = step->network;
    const float *out = network->layers[network->architecture->layer_count - 1].out;
    float logits[DIGIT_CLASSES];
    size_t best = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        logits[i] = out[image * DIGIT_CLASSES + step_logit(network, i)];
        best = logits[i] > logits[best] ? i : best;
    }
    size_t label = step->batch->labels[image];
    if (label == TRAIN_NO_CLASS)
        return;
    network->block_measured[block]++;
    network->block_correct[block] += best == label;
    network->block_loss[block] += softmax_cross_entropy(logits, DIGIT_CLASSES, label);
}

static void measure_chunk(const struct train_step *step, const struct chunk *chunk)
{
    struct train_network *network = step->network;
    if (chunk->begins_block) {
        network->block_loss[chunk->block] = 0.0;
        network->block_correct[chunk->block] = 0;
        network->block_measured[chunk->block] = 0;
    }
    for (size_t i = 0; i < chunk->count; i++)
        measure_image(step, chunk->first + i, chunk->block);
}

static void forward_chunk(const struct train_step *step, const struct span *span,
                          const struct chunk *chunk)
{
    if (span->first == 0)
        load_images(step, chunk);
    for (size_t i = span->first; i < span->end; i++)
        forward_layer(step, i, chunk);
    if (span->end == step->network->architecture->layer_count)
        measure_chunk(step, chunk);
    else if (span[1].has_norm)
        sum_chunk(step, span->end, chunk);
}

static void load_and_sum(const struct train_step *step, const struct span *span,
                         const struct chunk *chunk)
{
    load_images(step, chunk);
    sum_chunk(step, span->first, chunk);
}

void step_forward(const struct train_step *step, size_t thread, size_t thread_count)
{
    const struct train_network *network = step->network;
    for (size_t i = 0; i < network->span_count; i++) {
        const struct span *span = &network->spans[i];
        if (i == 0 && span->has_norm)
            step_each_chunk(step, span, thread, thread_count, load_and_sum);
        if (span->has_norm)
            step_each_channel(step, span->first, thread, thread_count, finish_channel);
        step_each_chunk(step, span, thread, thread_count, forward_chunk);
    }
}
