/*
 * One training step: which part of the batch a thread is processing, and where that part's
 * activations, parameters and logits are. Internal to trainer/net/network*.c.
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
    size_t blocks; /* of GRADIENT_BLOCK_IMAGES images; the last one may be smaller */
};

/* The images of one block that a thread takes through a span together. */
struct chunk {
    size_t block;
    size_t first; /* index in the batch */
    size_t count;
    bool begins_block;            /* the first chunk of its block */
    struct thread_memory *memory; /* the thread's */
};

/* The parameters of layer `index` in that role; NULL if it has none. */
float *step_parameter(const struct train_step *step, size_t index, enum parameter_role role);

/* Input and output of layer `index` for the images of the chunk. */
const float *step_in(const struct train_step *step, size_t index, const struct chunk *chunk);
float *step_out(const struct train_step *step, size_t index, const struct chunk *chunk);

/* Computes the output of batch normalisation `index`, and of the ReLU fused with it, for the
 * chunk. */
void step_normalise(const struct train_step *step, size_t index, const struct chunk *chunk);

/*
 * Elements per image of the gradient that is kept where the span begins. This is the gradient with
 * respect to the input of the span's first layer; if that layer is a batch normalisation, with
 * respect to its output; if a pooling follows the batch normalisation, with respect to the
 * pooling's output.
 */
size_t span_boundary_elements(const struct train_network *network, const struct span *span);

/* Offset of the logit of class `digit` in an image's output: PyTorch flattens CHW, activations here
 * are HWC. */
size_t step_logit(const struct train_network *network, size_t digit);

/* Calls `work` for every chunk of the blocks that are assigned to `thread`. */
typedef void chunk_function(const struct train_step *step, const struct span *span,
                            const struct chunk *chunk);
void step_each_chunk(const struct train_step *step, const struct span *span, size_t thread,
                     size_t thread_count, chunk_function *work);

/*
 * Calls `finish` for the channels of batch normalisation `index` that belong to `thread`, when all
 * threads have summed their blocks. Returns when all threads have finished their channels.
 */
typedef void channel_function(const struct train_step *step, size_t index, size_t channel);
void step_each_channel(const struct train_step *step, size_t index, size_t thread,
                       size_t thread_count, channel_function *finish);

#endif
