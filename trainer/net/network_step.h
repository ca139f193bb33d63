/*
 * One training step at work: which part of the batch a thread has in hand and where that part's
 * activations, parameters and logits lie. For trainer/net/network*.c alone.
 */
#ifndef TRAINER_NET_NETWORK_STEP_H
#define TRAINER_NET_NETWORK_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "trainer/net/network_data.h"

/* Shared by all threads of the pool. */
struct train_step {
    struct train_network *network;
    const struct train_batch *batch;
    size_t blocks; /* of GRADIENT_BLOCK_IMAGES, the last one perhaps shorter */
};

/* Images of one block that a thread takes through a span together. */
struct chunk {
    size_t block;
    size_t first; /* index in the batch */
    size_t count;
    bool begins_block;
    struct thread_memory *memory; /* the thread's */
};

/* A parameter of layer `index`, or NULL if it has none of that role. */
float *step_parameter(const struct train_step *step, size_t index, enum parameter_role role);

/* The chunk's part of layer `index`'s input and output. */
const float *step_in(const struct train_step *step, size_t index, const struct chunk *chunk);
float *step_out(const struct train_step *step, size_t index, const struct chunk *chunk);

/* Runs batch normalisation `index`, and the ReLU behind it, forward over the chunk. */
void step_normalise(const struct train_step *step, size_t index, const struct chunk *chunk);

/*
 * Elements per image of the gradient that is kept where the span begins: the gradient by the input of
 * the span's first layer. Where that layer is a batch normalisation, it is the gradient by its output,
 * and where a pooling follows the normalisation, by the pooling's output.
 */
size_t span_boundary_elements(const struct train_network *network, const struct span *span);

/* Offset of logit `digit` in an image's logits: PyTorch flattens CHW, activations here are HWC. */
size_t step_logit(const struct train_network *network, size_t digit);

/* Calls `work` for every chunk of the blocks that belong to `thread`. */
typedef void chunk_function(const struct train_step *step, const struct span *span,
                            const struct chunk *chunk);
void step_each_chunk(const struct train_step *step, const struct span *span, size_t thread,
                     size_t thread_count, chunk_function *work);

#endif
