#include <math.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/kernels/kernels.h"
#include "core/layers/batchnorm2d.h"
#include "core/layers/dropout.h"
#include "core/layers/maxpool2d.h"
#include "core/layers/relu.h"
#include "core/layers/softmax.h"
#include "core/network/model.h"
#include "core/network/plan.h"
#include "trainer/network_data.h"
#include "trainer/rng.h"

#define NORM_MOMENTUM 0.1 /* of a batch's statistics in the running ones, as PyTorch's default */

static void load_block(const struct train_step *step, size_t block)
{
    const float *pixels = step->batch->pixels + block * LANES * DIGIT_PIXELS;
    float *input = step->network->input + block * DIGIT_PIXELS * LANES;
    size_t used = step_used_lanes(step, block);
    for (size_t pixel = 0; pixel < DIGIT_PIXELS; pixel++)
        for (size_t lane = 0; lane < LANES; lane++)
            input[pixel * LANES + lane] =
                lane < used ? (pixels[lane * DIGIT_PIXELS + pixel] - MODEL_MNIST_MEAN) /
                                  MODEL_MNIST_DEVIATION
                            : 0.0f;
}

static const float *parameter(const struct train_step *step, size_t index, enum parameter_role role)
{
    size_t offset = step->network->layers[index].offsets[role];
    return offset == SIZE_MAX ? NULL : step->network->parameters + offset;
}

/* A generator for one block of one layer in one step. */
static struct rng dropout_rng(const struct train_step *step, size_t index, size_t block)
{
    uint64_t place =
        (step->batch->step * ARCHITECTURE_MAX_LAYERS + index) * step->network->max_blocks + block;
    return rng_make(step->batch->seed, RNG_DROPOUT, place);
}

static void dropout(const struct train_step *step, size_t index, size_t block, float *out,
                    const float *in)
{
    struct train_layer *state = &step->network->layers[index];
    size_t count = shape_elements(&state->layer->out) * LANES;
    float *mask = state->mask + block * count;
    float probability = state->layer->probability;
    struct rng rng = dropout_rng(step, index, block);
    for (size_t i = 0; i < count; i++)
        mask[i] = rng_uniform(&rng) < probability ? 0.0f : 1.0f / (1.0f - probability);
    dropout_apply(out, in, mask, count);
}

static void normalise(const struct train_step *step, size_t index, float *out, const float *in)
{
    const struct norm_state *norm = &step->network->layers[index].norm;
    struct batchnorm2d size = layer_batchnorm2d(step->network->layers[index].layer);
    batchnorm2d_forward(out, in, norm->mean, norm->inverse, parameter(step, index, PARAMETER_SCALE),
                        parameter(step, index, PARAMETER_SHIFT), &size, LANES);
}

static void forward_block(const struct train_step *step, size_t index, size_t block)
{
    const struct train_layer *state = &step->network->layers[index];
    const struct kernels *kernels = kernels_select();
    size_t count = shape_elements(&state->layer->out) * LANES;
    float *out = state->out + block * count;
    const float *in = step_layer_input(step, index, block);
    const float *weight = parameter(step, index, PARAMETER_WEIGHT);
    const float *bias = parameter(step, index, PARAMETER_BIAS);
    struct conv2d conv2d = layer_conv2d(state->layer);
    struct dense dense = layer_dense(state->layer);
    struct maxpool2d maxpool2d = layer_maxpool2d(state->layer);
    switch (state->layer->type) {
    case LAYER_CONV2D:
        kernels->conv2d_forward(out, in, weight, bias, &conv2d, LANES);
        break;
    case LAYER_DENSE:
        kernels->dense_forward(out, in, weight, bias, &dense, LANES);
        break;
    case LAYER_BATCHNORM2D:
        normalise(step, index, out, in);
        break;
    case LAYER_MAXPOOL2D:
        maxpool2d_forward(out, in, &maxpool2d, LANES);
        break;
    case LAYER_RELU:
        relu_forward(out, in, count);
        break;
    case LAYER_DROPOUT:
        dropout(step, index, block, out, in);
        break;
    case LAYER_FLATTEN:
        break;
    }
}

/* Sums of one block, beside those of the others. */
static void sum_block(const struct train_step *step, size_t index, size_t block)
{
    const struct norm_state *norm = &step->network->layers[index].norm;
    struct batchnorm2d size = layer_batchnorm2d(step->network->layers[index].layer);
    double *sums = norm->sums + block * 2 * size.channels;
    batchnorm2d_sums(sums, sums + size.channels, step_layer_input(step, index, block), &size, LANES,
                     step_used_lanes(step, block));
}

/* Moves the running statistics; the variance there is the unbiased one, as PyTorch has it. */
static void update_running(const struct train_step *step, size_t index, size_t channel, double mean,
                           double variance, double count)
{
    struct train_network *network = step->network;
    const size_t *offsets = network->layers[index].offsets;
    float *running_mean = network->parameters + offsets[PARAMETER_RUNNING_MEAN] + channel;
    float *running_var = network->parameters + offsets[PARAMETER_RUNNING_VAR] + channel;
    double unbiased = count > 1.0 ? variance * count / (count - 1.0) : variance;
    *running_mean = (float)(*running_mean + NORM_MOMENTUM * (mean - *running_mean));
    *running_var = (float)(*running_var + NORM_MOMENTUM * (unbiased - *running_var));
}

static void finish_statistics(const struct train_step *step, size_t index)
{
    const struct train_layer *state = &step->network->layers[index];
    struct batchnorm2d size = layer_batchnorm2d(state->layer);
    double count = (double)step->batch->count * (double)size.pixels;
    for (size_t c = 0; c < size.channels; c++) {
        double sum = 0.0, square_sum = 0.0;
        for (size_t block = 0; block < step->blocks; block++) {
            const double *sums = state->norm.sums + block * 2 * size.channels;
            sum += sums[c];
            square_sum += sums[size.channels + c];
        }
        double mean = sum / count;
        double variance = fmax(square_sum / count - mean * mean, 0.0);
        state->norm.mean[c] = (float)mean;
        state->norm.inverse[c] = (float)(1.0 / sqrt(variance + state->layer->epsilon));
        update_running(step, index, c, mean, variance, count);
    }
}

/* All members: the batch's mean and variance of what layer `index` reads. */
static void gather_statistics(const struct train_step *step, size_t index, size_t member,
                              size_t members)
{
    for (size_t block = member; block < step->blocks; block += members)
        sum_block(step, index, block);
    team_barrier(step->network->team);
    if (member == 0)
        finish_statistics(step, index);
    team_barrier(step->network->team);
}

static void measure_block(const struct train_step *step, size_t block)
{
    struct train_network *network = step->network;
    size_t last = network->architecture->layer_count - 1;
    const float *logits = network->layers[last].out + block * DIGIT_CLASSES * LANES;
    const uint8_t *labels = step->batch->labels + block * LANES;
    network->block_loss[block] = 0.0;
    network->block_correct[block] = 0;
    for (size_t lane = 0; lane < step_used_lanes(step, block); lane++) {
        size_t best = 0;
        for (size_t i = 1; i < DIGIT_CLASSES; i++)
            if (logits[i * LANES + lane] > logits[best * LANES + lane])
                best = i;
        network->block_correct[block] += best == labels[lane];
        network->block_loss[block] +=
            softmax_cross_entropy(logits + lane, DIGIT_CLASSES, LANES, labels[lane]);
    }
}

void step_forward(const struct train_step *step, size_t member, size_t members)
{
    const struct architecture *architecture = step->network->architecture;
    for (size_t block = member; block < step->blocks; block += members)
        load_block(step, block);
    for (size_t i = 0; i < architecture->layer_count; i++) {
        if (architecture->layers[i].type == LAYER_BATCHNORM2D)
            gather_statistics(step, i, member, members);
        for (size_t block = member; block < step->blocks; block += members)
            forward_block(step, i, block);
    }
    for (size_t block = member; block < step->blocks; block += members)
        measure_block(step, block);
}
