#include "trainer/network.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "trainer/network_data.h"
#include "trainer/rng.h"

#define ALIGNMENT_BYTES 64

/* count * LANES zeros for each block on cache-line boundaries, or NULL. */
static float *allocate_blocks(const struct train_network *network, size_t count)
{
    void *memory = NULL;
    size_t size_bytes = network->max_blocks * count * LANES * sizeof(float);
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return NULL;
    return memset(memory, 0, size_bytes);
}

static bool allocate_norm(struct train_network *network, struct norm_state *norm, size_t channels)
{
    norm->mean = calloc(channels, sizeof *norm->mean);
    norm->inverse = calloc(channels, sizeof *norm->inverse);
    norm->mean_grad = calloc(channels, sizeof *norm->mean_grad);
    norm->mean_grad_normalised = calloc(channels, sizeof *norm->mean_grad_normalised);
    norm->sums = calloc(network->max_blocks * 2 * channels, sizeof *norm->sums);
    return norm->mean != NULL && norm->inverse != NULL && norm->mean_grad != NULL &&
           norm->mean_grad_normalised != NULL && norm->sums != NULL;
}

static bool allocate_layer(struct train_network *network, size_t index)
{
    struct train_layer *state = &network->layers[index];
    const struct layer *layer = state->layer;
    size_t elements = shape_elements(&layer->out);
    if (layer->type == LAYER_FLATTEN) {
        state->out = index == 0 ? network->input : network->layers[index - 1].out;
        return true;
    }
    state->out = allocate_blocks(network, elements);
    if (layer->type == LAYER_DROPOUT)
        state->mask = allocate_blocks(network, elements);
    if (state->out == NULL || (layer->type == LAYER_DROPOUT && state->mask == NULL))
        return false;
    return layer->type != LAYER_BATCHNORM2D ||
           allocate_norm(network, &state->norm, layer->out.channels);
}

static bool allocate_shared(struct train_network *network)
{
    size_t total = network->table.total;
    network->parameters = calloc(total, sizeof *network->parameters);
    network->gradients = calloc(total, sizeof *network->gradients);
    network->block_gradients =
        calloc(network->max_blocks * total, sizeof *network->block_gradients);
    network->input = allocate_blocks(network, DIGIT_PIXELS);
    for (size_t i = 0; i < 2; i++)
        network->grad_buffers[i] = allocate_blocks(network, network->max_elements);
    network->block_loss = calloc(network->max_blocks, sizeof *network->block_loss);
    network->block_correct = calloc(network->max_blocks, sizeof *network->block_correct);
    return network->parameters != NULL && network->gradients != NULL &&
           network->block_gradients != NULL && network->input != NULL &&
           network->grad_buffers[0] != NULL && network->grad_buffers[1] != NULL &&
           network->block_loss != NULL && network->block_correct != NULL;
}

static void find_offsets(struct train_network *network, size_t index)
{
    for (size_t role = 0; role < sizeof network->layers->offsets / sizeof(size_t); role++)
        network->layers[index].offsets[role] =
            parameter_offset(&network->table, index, (enum parameter_role)role);
}

static bool allocate(struct train_network *network)
{
    const struct architecture *architecture = network->architecture;
    network->max_elements = DIGIT_PIXELS;
    for (size_t i = 0; i < architecture->layer_count; i++) {
        size_t elements = shape_elements(&architecture->layers[i].out);
        if (elements > network->max_elements)
            network->max_elements = elements;
    }
    if (!allocate_shared(network))
        return false;
    for (size_t i = 0; i < architecture->layer_count; i++) {
        network->layers[i].layer = &architecture->layers[i];
        find_offsets(network, i);
        if (!allocate_layer(network, i))
            return false;
    }
    return true;
}

static size_t fan_in(const struct layer *layer)
{
    if (layer->type == LAYER_CONV2D)
        return layer->in.channels * layer->kernel.height * layer->kernel.width;
    return layer->in.channels;
}

static void initialise(struct train_network *network, uint64_t seed)
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
                                       uint64_t seed, struct team *team, struct digit_error *error)
{
    *out = NULL;
    struct train_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a network");
    network->architecture = architecture;
    network->team = team;
    network->max_blocks = (max_batch + LANES - 1) / LANES;
    parameter_table_init(&network->table, architecture);
    if (!allocate(network)) {
        train_network_destroy(network);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to train on batches of %zu images",
                          max_batch);
    }
    initialise(network, seed);
    *out = network;
    return DIGIT_OK;
}

static void release_layer(struct train_layer *state)
{
    if (state->layer == NULL)
        return;
    if (state->layer->type != LAYER_FLATTEN)
        free(state->out);
    free(state->mask);
    free(state->norm.mean);
    free(state->norm.inverse);
    free(state->norm.mean_grad);
    free(state->norm.mean_grad_normalised);
    free(state->norm.sums);
}

void train_network_destroy(struct train_network *network)
{
    if (network == NULL)
        return;
    for (size_t i = 0; i < ARCHITECTURE_MAX_LAYERS; i++)
        release_layer(&network->layers[i]);
    free(network->parameters);
    free(network->gradients);
    free(network->block_gradients);
    free(network->input);
    free(network->grad_buffers[0]);
    free(network->grad_buffers[1]);
    free(network->block_loss);
    free(network->block_correct);
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

size_t step_used_lanes(const struct train_step *step, size_t block)
{
    size_t left = step->batch->count - block * LANES;
    return left < LANES ? left : LANES;
}

const float *step_layer_input(const struct train_step *step, size_t index, size_t block)
{
    const struct train_network *network = step->network;
    const float *in = index == 0 ? network->input : network->layers[index - 1].out;
    size_t elements = shape_elements(&network->architecture->layers[index].in);
    return in + block * elements * LANES;
}

/* Adds up the blocks' gradients in order, each member a range of parameters. */
static void reduce_gradients(const struct train_step *step, size_t member, size_t members)
{
    struct train_network *network = step->network;
    size_t total = network->table.total;
    size_t first = total * member / members;
    size_t last = total * (member + 1) / members;
    memcpy(network->gradients + first, network->block_gradients + first,
           (last - first) * sizeof *network->gradients);
    for (size_t block = 1; block < step->blocks; block++)
        for (size_t i = first; i < last; i++)
            network->gradients[i] += network->block_gradients[block * total + i];
}

static void run_step(void *job, size_t member, size_t members)
{
    const struct train_step *step = job;
    step_forward(step, member, members);
    step_backward(step, member, members);
    team_barrier(step->network->team);
    reduce_gradients(step, member, members);
}

void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch)
{
    struct train_step step = {network, batch, (batch->count + LANES - 1) / LANES};
    team_run(network->team, run_step, &step);
    *out = (struct train_result){0.0, 0};
    for (size_t block = 0; block < step.blocks; block++) {
        out->loss_sum += network->block_loss[block];
        out->correct += network->block_correct[block];
    }
}
