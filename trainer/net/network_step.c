#include "trainer/net/network_step.h"

#include <stdint.h>

#include <digit/image.h>

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

void step_normalise(const struct train_step *step, size_t index, const struct chunk *chunk)
{
    const struct train_layer *state = &step->network->layers[index];
    const struct norm_state *norm = &state->norm;
    step->network->train_kernels->normalise(
        step_out(step, index, chunk), step_in(step, index, chunk), norm->factor, norm->term,
        chunk->count * norm->pixels, norm->channels, state->has_relu);
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

void step_each_chunk(const struct train_step *step, const struct span *span, size_t thread,
                     size_t thread_count, chunk_function *work)
{
    size_t count = step->batch->count;
    for (size_t block = thread; block < step->blocks; block += thread_count) {
        size_t begin = block * GRADIENT_BLOCK_IMAGES;
        size_t end = count - begin < GRADIENT_BLOCK_IMAGES ? count : begin + GRADIENT_BLOCK_IMAGES;
        for (size_t first = begin; first < end; first += span->images) {
            const struct chunk chunk = {
                .block = block,
                .first = first,
                .count = end - first < span->images ? end - first : span->images,
                .begins_block = first == begin,
                .memory = &step->network->thread_memory[thread],
            };
            work(step, span, &chunk);
        }
    }
}

void step_each_channel(const struct train_step *step, size_t index, size_t thread,
                       size_t thread_count, channel_function *finish)
{
    size_t channels = step->network->layers[index].norm.channels;
    size_t end = channels * (thread + 1) / thread_count;
    thread_pool_barrier(step->network->thread_pool);
    for (size_t channel = channels * thread / thread_count; channel < end; channel++)
        finish(step, index, channel);
    thread_pool_barrier(step->network->thread_pool);
}
