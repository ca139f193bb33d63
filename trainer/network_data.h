/*
 * What a network in training is made of; for trainer/network*.c alone.
 *
 * Every layer keeps its output for the whole batch, block after block, because the backward pass
 * reads it. Gradients of activations live in two buffers for each block, which the layers use in
 * turn.
 */
#ifndef TRAINER_NETWORK_DATA_H
#define TRAINER_NETWORK_DATA_H

#include "core/layers/lanes.h"
#include "trainer/network.h"

/* Batch normalisation's statistics of the batch at hand. All arrays are [channels]. */
struct norm_state {
    float *mean;
    float *inverse;
    float *mean_grad;            /* of the output's gradient */
    float *mean_grad_normalised; /* of its product with the normalised input */
    double *sums;                /* [blocks][2][channels], one pair for each block */
};

struct train_layer {
    const struct layer *layer;
    float *out;             /* [blocks][out elements][LANES]; flatten: that of the layer before */
    float *mask;            /* dropout: [blocks][out elements][LANES] */
    size_t offsets[6];      /* of each enum parameter_role in the flat arrays */
    struct norm_state norm; /* batchnorm2d */
};

struct train_network {
    const struct architecture *architecture;
    struct team *team;
    struct parameter_table table;
    size_t max_blocks;
    float *parameters;
    float *gradients;
    float *block_gradients; /* [blocks][table.total] */
    float *input;           /* [blocks][784][LANES] */
    float *grad_buffers[2]; /* [blocks][max_elements][LANES] */
    size_t max_elements;
    double *block_loss;    /* [blocks] */
    size_t *block_correct; /* [blocks] */
    struct train_layer layers[ARCHITECTURE_MAX_LAYERS];
};

/* One step at work, shared by the team. */
struct train_step {
    struct train_network *network;
    const struct train_batch *batch;
    size_t blocks;
};

/* Images in a block: LANES but for the last. */
size_t step_used_lanes(const struct train_step *step, size_t block);

/* The input of layer `index` for a block. */
const float *step_layer_input(const struct train_step *step, size_t index, size_t block);

/* Both run in every member of the team, which shares the blocks and meets at barriers. */
void step_forward(const struct train_step *step, size_t member, size_t members);
void step_backward(const struct train_step *step, size_t member, size_t members);

#endif
