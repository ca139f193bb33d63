#include "trainer/net/network.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/network/plan.h"
#include "trainer/base/rng.h"
#include "trainer/net/network_backward.h"
#include "trainer/net/network_data.h"
#include "trainer/net/network_forward.h"
#include "trainer/net/network_memory.h"
#include "trainer/net/network_step.h"

const struct model_preprocessing train_preprocessing = {
    .version = DIGIT_PREPROCESSING_VERSION,
    .mean = MODEL_MNIST_MEAN,
    .deviation = MODEL_MNIST_DEVIATION,
};

static size_t fan_in(const struct layer *layer)
{
    if (layer->type == LAYER_CONV2D)
        return layer->in.channels * layer->kernel.height * layer->kernel.width;
    return layer->in.channels;
}

static void initialise_parameters(struct train_network *network, uint64_t seed)
{
    for (size_t i = 0; i < network->table.count; i++) {
        const struct parameter *item = &network->table.items[i];
        float *values = network->parameters + item->offset;
        struct rng rng = rng_make(seed, RNG_INITIALISE, i);
        float bound = 1.0f / sqrtf((float)fan_in(&network->architecture->layers[item->layer]));
        for (size_t j = 0; j < item->count; j++) {
            if (item->role == PARAMETER_WEIGHT || item->role == PARAMETER_BIAS)
                values[j] = rng_range(&rng, -bound, bound);
            else
                values[j] = item->role == PARAMETER_SCALE || item->role == PARAMETER_RUNNING_VAR
                                ? 1.0f
                                : 0.0f;
        }
    }
}

enum digit_status train_network_create(struct train_network **out,
                                       const struct architecture *architecture, size_t max_batch,
                                       uint64_t seed, struct thread_pool *thread_pool,
                                       struct digit_error *error)
{
    return train_network_create_with(out, architecture, max_batch, seed, thread_pool,
                                     kernels_select(), error);
}

enum digit_status
train_network_create_with(struct train_network **out, const struct architecture *architecture,
                          size_t max_batch, uint64_t seed, struct thread_pool *thread_pool,
                          const struct kernels *kernels, struct digit_error *error)
{
    *out = NULL;
    struct train_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a network");
    network->architecture = architecture;
    network->thread_pool = thread_pool;
    network->kernels = kernels;
    network->train_kernels = train_kernels_for(kernels);
    network->max_blocks = (max_batch + GRADIENT_BLOCK_IMAGES - 1) / GRADIENT_BLOCK_IMAGES;
    parameter_table_init(&network->table, architecture);
    if (!network_allocate(network)) {
        train_network_destroy(network);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to train on batches of %zu images",
                          max_batch);
    }
    initialise_parameters(network, seed);
    *out = network;
    return DIGIT_OK;
}

void train_network_destroy(struct train_network *network)
{
    if (network == NULL)
        return;
    network_release(network);
    free(network);
}

const struct parameter_table *train_network_table(const struct train_network *network)
{
    return &network->table;
}

float *train_network_parameters(struct train_network *network)
{
    return network->parameters;
}

const float *train_network_gradients(const struct train_network *network)
{
    return network->gradients;
}

/* Packs one of thread_count parts of the weights. Taps are assigned round-robin, which makes the
 * parts about equal. */
static void pack_weights(const struct train_step *step, size_t thread, size_t thread_count)
{
    struct train_network *network = step->network;
    size_t tap_number = 0;
    for (size_t i = 0; i < network->architecture->layer_count; i++) {
        const struct train_layer *state = &network->layers[i];
        if (state->packed == NULL)
            continue;
        const float *weight = step_parameter(step, i, PARAMETER_WEIGHT);
        size_t taps = state->conv2d.kernel_height * state->conv2d.kernel_width;
        for (size_t tap = 0; tap < taps; tap++) {
            if (tap_number++ % thread_count != thread)
                continue;
            conv2d_direct_pack_tap(state->packed, weight, tap, &state->conv2d, network->kernels);
            if (state->packed_backward != NULL)
                conv2d_backward_pack(state->packed_backward, weight, tap, &state->conv2d,
                                     network->kernels);
        }
    }
}

/* Number of columns of a row that are summed together. */
#define ROW_COLUMNS 64

/* Sums one row of a layer's block gradients in the order of the blocks; writes the sums `out_step`
 * floats apart. */
static void reduce_row(float *out, size_t out_step, const float *blocks, size_t block_count,
                       size_t block_step, size_t columns)
{
    for (size_t first = 0; first < columns; first += ROW_COLUMNS) {
        float sums[ROW_COLUMNS] = {0};
        size_t count = columns - first < ROW_COLUMNS ? columns - first : ROW_COLUMNS;
        for (size_t block = 0; block < block_count; block++)
            for (size_t j = 0; j < count; j++)
                sums[j] += blocks[block * block_step + first + j];
        for (size_t j = 0; j < count; j++)
            out[(first + j) * out_step] = sums[j];
    }
}

/* Sums some rows of one layer's gradients over the blocks, and reorders [ky][kx][c][k] to OIHW. */
static void reduce_layer(const struct train_step *step, size_t index, size_t thread,
                         size_t thread_count)
{
    struct train_network *network = step->network;
    const struct train_layer *state = &network->layers[index];
    const struct conv2d *conv = &state->conv2d;
    size_t depth = conv2d_depth(conv), taps = conv->kernel_height * conv->kernel_width;
    const float *blocks = network->block_gradients + state->gradient_offset;
    float *weight = network->gradients + state->offsets[PARAMETER_WEIGHT];
    for (size_t d = depth * thread / thread_count; d < depth * (thread + 1) / thread_count; d++)
        reduce_row(weight + d % conv->in_channels * taps + d / conv->in_channels, depth,
                   blocks + d * conv->out_channels, step->blocks, network->block_gradient_total,
                   conv->out_channels);
    if (thread == 0 && state->offsets[PARAMETER_BIAS] != SIZE_MAX)
        reduce_row(network->gradients + state->offsets[PARAMETER_BIAS], 1,
                   blocks + depth * conv->out_channels, step->blocks, network->block_gradient_total,
                   conv->out_channels);
}

static void run_step(void *job, size_t thread, size_t thread_count)
{
    const struct train_step *step = job;
    struct train_network *network = step->network;
    pack_weights(step, thread, thread_count);
    thread_pool_barrier(network->thread_pool);
    step_forward(step, thread, thread_count);
    step_backward(step, thread, thread_count);
    thread_pool_barrier(network->thread_pool);
    for (size_t i = 0; i < network->architecture->layer_count; i++)
        if (network->layers[i].packed != NULL)
            reduce_layer(step, i, thread, thread_count);
}

void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch)
{
    struct train_step step = {network, batch,
                              (batch->count + GRADIENT_BLOCK_IMAGES - 1) / GRADIENT_BLOCK_IMAGES};
    thread_pool_run(network->thread_pool, run_step, &step);
    *out = (struct train_result){0.0, 0, 0};
    for (size_t block = 0; block < step.blocks; block++) {
        out->loss_sum += network->block_loss[block];
        out->correct += network->block_correct[block];
        out->measured += network->block_measured[block];
    }
}
