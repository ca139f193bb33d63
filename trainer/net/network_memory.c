#include "trainer/net/network_memory.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "core/network/plan.h"
#include "trainer/net/network_step.h"

#define ALIGNMENT_BYTES 64

/* How much of the second-level cache the largest activation of a span may occupy. */
#define SPAN_BYTES (128 * 1024)

/* `count` zeros, aligned to a cache line, followed by the GRADIENT_SLACK floats that kernels may
 * read past the end; NULL if memory runs out. */
static float *allocate_floats(size_t count)
{
    void *memory = NULL;
    size_t size_bytes = (count + GRADIENT_SLACK) * sizeof(float);
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return NULL;
    return memset(memory, 0, size_bytes);
}

static float *allocate_images(const struct train_network *network, size_t elements)
{
    return allocate_floats(network->max_blocks * GRADIENT_BLOCK_IMAGES * elements);
}

static bool allocate_norm(struct train_network *network, struct train_layer *state)
{
    struct norm_state *norm = &state->norm;
    norm->channels = state->layer->in.channels;
    norm->pixels = state->layer->in.height * state->layer->in.width;
    norm->sums = calloc(network->max_blocks * 2 * norm->channels, sizeof *norm->sums);
    float **arrays[] = {&norm->mean, &norm->inverse, &norm->factor,
                        &norm->term, &norm->slope,   &norm->backward_term};
    bool done = norm->sums != NULL;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = allocate_floats(norm->channels);
        done = done && *arrays[i] != NULL;
    }
    return done;
}

static bool allocate_conv2d(struct train_network *network, size_t index)
{
    struct train_layer *state = &network->layers[index];
    const struct kernels *kernels = network->kernels;
    state->conv2d = layer_conv2d(network->architecture, index);
    state->packed = allocate_floats(conv2d_direct_packed_floats(&state->conv2d, kernels));
    state->gradient_offset = network->block_gradient_total;
    network->block_gradient_total +=
        (conv2d_depth(&state->conv2d) + 1) * state->conv2d.out_channels;
    if (state->packed == NULL || !conv2d_direct_tables_init(&state->tables, &state->conv2d))
        return false;
    if (index == 0) /* the gradient with respect to the pixels is not needed */
        return true;
    state->packed_backward =
        allocate_floats(conv2d_backward_packed_floats(&state->conv2d, kernels));
    return state->packed_backward != NULL &&
           conv2d_taps_init(&state->taps, &state->conv2d, &state->tables);
}

static bool works_in_place(enum layer_type type)
{
    return type == LAYER_FLATTEN || type == LAYER_RELU;
}

/* Index of the pooling that follows batch normalisation `index`, directly or after a ReLU; 0 if
 * none does. */
static size_t find_pool(const struct architecture *architecture, size_t index)
{
    size_t next = index + 1;
    if (next < architecture->layer_count && architecture->layers[next].type == LAYER_RELU)
        next++;
    bool found =
        next < architecture->layer_count && architecture->layers[next].type == LAYER_MAXPOOL2D;
    return found ? next : 0;
}

/* Allocates the layer's output, unless the layer works in place or its output is not kept. */
static bool allocate_out(struct train_network *network, size_t index)
{
    struct train_layer *state = &network->layers[index];
    if (state->layer->type == LAYER_BATCHNORM2D)
        state->pool = find_pool(network->architecture, index);
    if (state->pool > 0)
        return true;
    if (works_in_place(state->layer->type)) {
        state->out = index == 0 ? network->input : network->layers[index - 1].out;
        return true;
    }
    state->out = allocate_images(network, state->out_elements);
    return state->out != NULL;
}

static bool allocate_layer(struct train_network *network, size_t index)
{
    struct train_layer *state = &network->layers[index];
    const struct layer *layer = &network->architecture->layers[index];
    state->layer = layer;
    state->in_elements = shape_elements(&layer->in);
    state->out_elements = shape_elements(&layer->out);
    for (size_t role = 0; role < sizeof state->offsets / sizeof *state->offsets; role++)
        state->offsets[role] = parameter_offset(&network->table, index, (enum parameter_role)role);
    if (!allocate_out(network, index))
        return false;
    switch (layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        return allocate_conv2d(network, index);
    case LAYER_BATCHNORM2D:
        return allocate_norm(network, state);
    case LAYER_DROPOUT:
        state->mask = allocate_images(network, state->out_elements);
        return state->mask != NULL;
    case LAYER_MAXPOOL2D:
        state->maxpool2d = layer_maxpool2d(layer);
        return true;
    case LAYER_RELU:
        state->is_fused = index > 0 && (layer - 1)->type == LAYER_BATCHNORM2D;
        if (state->is_fused)
            (state - 1)->has_relu = true;
        return true;
    case LAYER_FLATTEN:
        return true;
    }
    return true;
}

static size_t layer_elements(const struct train_layer *state)
{
    return state->in_elements > state->out_elements ? state->in_elements : state->out_elements;
}

static size_t span_elements(const struct train_network *network, size_t first, size_t end)
{
    size_t most = 1;
    for (size_t i = first; i < end; i++)
        if (layer_elements(&network->layers[i]) > most)
            most = layer_elements(&network->layers[i]);
    return most;
}

/* The number of images that fit into the cache, a divisor of GRADIENT_BLOCK_IMAGES. */
static size_t images_together(size_t elements)
{
    size_t images = GRADIENT_BLOCK_IMAGES;
    while (images > 1 && images * elements * sizeof(float) > SPAN_BYTES)
        images /= 2;
    return images;
}

static void add_span(struct train_network *network, size_t first, size_t end)
{
    network->spans[network->span_count++] = (struct span){
        .first = first,
        .end = end,
        .has_norm = network->layers[first].layer->type == LAYER_BATCHNORM2D,
        .images = images_together(span_elements(network, first, end)),
    };
}

/* Whether layer `index` begins a new span after the one that starts at `first`: at a batch
 * normalisation, or at a convolution from which on, up to the next batch normalisation, more images
 * fit into the cache. */
static bool begins_span(const struct train_network *network, size_t first, size_t index)
{
    size_t count = network->architecture->layer_count, end = index + 1;
    if (network->layers[index].layer->type == LAYER_BATCHNORM2D)
        return true;
    if (network->layers[index].packed == NULL)
        return false;
    while (end < count && network->layers[end].layer->type != LAYER_BATCHNORM2D)
        end++;
    return images_together(span_elements(network, index, end)) >
           images_together(span_elements(network, first, index));
}

static void find_spans(struct train_network *network)
{
    size_t first = 0, count = network->architecture->layer_count;
    for (size_t i = 1; i < count; i++) {
        if (!begins_span(network, first, i))
            continue;
        add_span(network, first, i);
        first = i;
    }
    add_span(network, first, count);
}

/* The sizes of a thread's memory, and of the gradients at the boundaries of spans. */
static void find_sizes(struct train_network *network, size_t *grads, size_t *scratch)
{
    *grads = *scratch = 1;
    network->boundary_elements = network->layers[0].in_elements;
    for (size_t i = 0; i < network->span_count; i++) {
        const struct span *span = &network->spans[i];
        size_t floats = span->images * span_elements(network, span->first, span->end);
        size_t elements = span_boundary_elements(network, span);
        *grads = floats > *grads ? floats : *grads;
        if (i > 0 && elements > network->boundary_elements)
            network->boundary_elements = elements;
    }
    for (size_t i = 0; i < network->architecture->layer_count; i++) {
        const struct train_layer *state = &network->layers[i];
        if (state->packed != NULL) {
            size_t floats = conv2d_direct_scratch_floats(&state->conv2d, &state->tables);
            *scratch = floats > *scratch ? floats : *scratch;
        }
    }
}

static size_t most_channels(const struct train_network *network)
{
    size_t most = 1;
    for (size_t i = 0; i < network->architecture->layer_count; i++)
        if (network->layers[i].conv2d.out_channels > most)
            most = network->layers[i].conv2d.out_channels;
    return most;
}

static bool allocate_thread_memory(struct train_network *network, size_t grads, size_t scratch)
{
    size_t count = thread_pool_size(network->thread_pool);
    network->thread_memory = calloc(count, sizeof *network->thread_memory);
    bool done = network->thread_memory != NULL;
    for (size_t i = 0; done && i < count; i++) {
        struct thread_memory *memory = &network->thread_memory[i];
        memory->grads[0] = allocate_floats(grads);
        memory->grads[1] = allocate_floats(grads);
        memory->activation = allocate_floats(grads);
        memory->scratch = allocate_floats(scratch);
        memory->totals = calloc(most_channels(network), sizeof *memory->totals);
        done = memory->grads[0] != NULL && memory->grads[1] != NULL && memory->activation != NULL &&
               memory->scratch != NULL && memory->totals != NULL;
    }
    return done;
}

bool network_allocate(struct train_network *network)
{
    size_t total = network->table.total, grads, scratch;
    network->last = architecture_logits_shape(network->architecture);
    network->parameters = allocate_floats(total);
    network->gradients = allocate_floats(total);
    network->input = allocate_images(network, DIGIT_PIXELS);
    network->block_loss = calloc(network->max_blocks, sizeof *network->block_loss);
    network->block_correct = calloc(network->max_blocks, sizeof *network->block_correct);
    network->block_measured = calloc(network->max_blocks, sizeof *network->block_measured);
    bool done = network->parameters != NULL && network->gradients != NULL &&
                network->input != NULL && network->block_loss != NULL &&
                network->block_correct != NULL && network->block_measured != NULL;
    for (size_t i = 0; done && i < network->architecture->layer_count; i++)
        done = allocate_layer(network, i);
    if (!done)
        return false;
    find_spans(network);
    find_sizes(network, &grads, &scratch);
    network->block_gradients = allocate_floats(network->max_blocks * network->block_gradient_total);
    for (size_t i = 0; i < 2; i++)
        network->boundary_gradients[i] = allocate_floats(
            network->max_blocks * boundary_block_floats(network->boundary_elements));
    return network->block_gradients != NULL && network->boundary_gradients[0] != NULL &&
           network->boundary_gradients[1] != NULL &&
           allocate_thread_memory(network, grads, scratch);
}

static void release_norm(struct norm_state *norm)
{
    free(norm->sums);
    free(norm->mean);
    free(norm->inverse);
    free(norm->factor);
    free(norm->term);
    free(norm->slope);
    free(norm->backward_term);
}

static void release_layer(struct train_layer *state)
{
    if (state->layer == NULL)
        return;
    if (!works_in_place(state->layer->type))
        free(state->out);
    free(state->mask);
    free(state->packed);
    free(state->packed_backward);
    conv2d_direct_tables_release(&state->tables);
    conv2d_taps_release(&state->taps);
    release_norm(&state->norm);
}

static void release_thread_memory(struct train_network *network)
{
    for (size_t i = 0; network->thread_memory != NULL && i < thread_pool_size(network->thread_pool);
         i++) {
        free(network->thread_memory[i].grads[0]);
        free(network->thread_memory[i].grads[1]);
        free(network->thread_memory[i].activation);
        free(network->thread_memory[i].scratch);
        free(network->thread_memory[i].totals);
    }
    free(network->thread_memory);
}

void network_release(struct train_network *network)
{
    for (size_t i = 0; i < ARCHITECTURE_MAX_LAYERS; i++)
        release_layer(&network->layers[i]);
    release_thread_memory(network);
    free(network->boundary_gradients[0]);
    free(network->boundary_gradients[1]);
    free(network->block_gradients);
    free(network->parameters);
    free(network->gradients);
    free(network->input);
    free(network->block_loss);
    free(network->block_measured);
    free(network->block_correct);
}
