#include "trainer/network.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "core/network/plan.h"
#include "trainer/network_data.h"
#include "trainer/network_memory.h"
#include "trainer/rng.h"

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
    return train_network_create_with(out, architecture, max_batch, seed, team, kernels_select(),
                                     error);
}

enum digit_status train_network_create_with(struct train_network **out,
                                            const struct architecture *architecture,
                                            size_t max_batch, uint64_t seed, struct team *team,
                                            const struct kernels *kernels,
                                            struct digit_error *error)
{
    *out = NULL;
    struct train_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a network");
    network->architecture = architecture;
    network->team = team;
    network->kernels = kernels;
    network->train_kernels = train_kernels_for(kernels);
    network->max_blocks = (max_batch + BLOCK_IMAGES - 1) / BLOCK_IMAGES;
    parameter_table_init(&network->table, architecture);
    if (!network_allocate(network)) {
        train_network_destroy(network);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to train on batches of %zu images",
                          max_batch);
    }
    initialise(network, seed);
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

float *step_parameter(const struct train_step *step, size_t index, enum parameter_role role)
{
    size_t offset = step->network->layers[index].offsets[role];
    return offset == SIZE_MAX ? NULL : step->network->parameters + offset;
}

const float *step_in(const struct train_step *step, size_t index, const struct chunk *chunk)
{
    if (index > 0)
        return step_out(step, index - 1, chunk);
    return step->network->input + chunk->first * DIGIT_PIXELS;
}

float *step_out(const struct train_step *step, size_t index, const struct chunk *chunk)
{
    const struct train_layer *state = &step->network->layers[index];
    if (state->out == NULL)
        return chunk->memory->activation;
    return state->out + chunk->first * state->out_elements;
}

size_t span_boundary_elements(const struct train_network *network, const struct span *span)
{
    const struct train_layer *first = &network->layers[span->first];
    return first->pool > 0 ? network->layers[first->pool].out_elements : first->in_elements;
}

size_t step_logit(const struct train_network *network, size_t digit)
{
    const struct shape *last = &network->last;
    size_t pixels = last->height * last->width;
    return digit % pixels * last->channels + digit / pixels;
}

void step_each_chunk(const struct train_step *step, const struct span *span, size_t member,
                     size_t members, chunk_function *work)
{
    size_t count = step->batch->count;
    for (size_t block = member; block < step->blocks; block += members) {
        size_t begin = block * BLOCK_IMAGES;
        size_t end = count - begin < BLOCK_IMAGES ? count : begin + BLOCK_IMAGES;
        for (size_t first = begin; first < end; first += span->images) {
            const struct chunk chunk = {
                .block = block,
                .first = first,
                .count = end - first < span->images ? end - first : span->images,
                .begins_block = first == begin,
                .memory = &step->network->members[member],
            };
            work(step, span, &chunk);
        }
    }
}

/* Packs every member's share of the weights: taps one after the other, so that shares are alike. */
static void pack_weights(const struct train_step *step, size_t member, size_t members)
{
    struct train_network *network = step->network;
    size_t turn = 0;
    for (size_t i = 0; i < network->architecture->layer_count; i++) {
        const struct train_layer *state = &network->layers[i];
        if (state->packed == NULL)
            continue;
        const float *weight = step_parameter(step, i, PARAMETER_WEIGHT);
        size_t taps = state->conv2d.kernel_height * state->conv2d.kernel_width;
        for (size_t tap = 0; tap < taps; tap++) {
            if (turn++ % members != member)
                continue;
            conv2d_pack_tap(state->packed, weight, tap, &state->conv2d, network->kernels);
            if (state->packed_backward != NULL)
                conv2d_backward_pack(state->packed_backward, weight, tap, &state->conv2d,
                                     network->kernels);
        }
    }
}

/* Columns of a row that are added up together. */
#define ROW_COLUMNS 64

/* Adds up one row of a layer's block gradients, in order of blocks, and spreads it by `out_step`. */
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

/* One layer's gradients, each member some rows; [ky][kx][c][k] becomes OIHW. */
static void reduce_layer(const struct train_step *step, size_t index, size_t member, size_t members)
{
    struct train_network *network = step->network;
    const struct train_layer *state = &network->layers[index];
    const struct conv2d *conv = &state->conv2d;
    size_t depth = conv2d_depth(conv), taps = conv->kernel_height * conv->kernel_width;
    const float *blocks = network->block_gradients + state->gradient_offset;
    float *weight = network->gradients + state->offsets[PARAMETER_WEIGHT];
    for (size_t d = depth * member / members; d < depth * (member + 1) / members; d++)
        reduce_row(weight + d % conv->in_channels * taps + d / conv->in_channels, depth,
                   blocks + d * conv->out_channels, step->blocks, network->block_gradient_total,
                   conv->out_channels);
    if (member == 0 && state->offsets[PARAMETER_BIAS] != SIZE_MAX)
        reduce_row(network->gradients + state->offsets[PARAMETER_BIAS], 1,
                   blocks + depth * conv->out_channels, step->blocks, network->block_gradient_total,
                   conv->out_channels);
}

static void run_step(void *job, size_t member, size_t members)
{
    const struct train_step *step = job;
    struct train_network *network = step->network;
    pack_weights(step, member, members);
    team_barrier(network->team);
    step_forward(step, member, members);
    step_backward(step, member, members);
    team_barrier(network->team);
    for (size_t i = 0; i < network->architecture->layer_count; i++)
        if (network->layers[i].packed != NULL)
            reduce_layer(step, i, member, members);
}

void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch)
{
    struct train_step step = {network, batch, (batch->count + BLOCK_IMAGES - 1) / BLOCK_IMAGES};
    team_run(network->team, run_step, &step);
    *out = (struct train_result){0.0, 0, 0};
    for (size_t block = 0; block < step.blocks; block++) {
        out->loss_sum += network->block_loss[block];
        out->correct += network->block_correct[block];
        out->measured += network->block_measured[block];
    }
}
