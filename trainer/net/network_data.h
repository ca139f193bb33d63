/*
 * What a network in training is made of; for trainer/network*.c alone.
 *
 * Layers are worked on in spans. A thread of the thread_pool takes a block of images through a span a few
 * at a time, so that they stay in its cache; where activations have become smaller, a new span takes
 * more of them. A span that begins with a batch normalisation, whose statistics need the whole
 * batch, begins when all thread_count have come there.
 *
 * A layer keeps its output for the whole batch, because the backward pass reads it; but what a batch
 * normalisation gives to a pooling at once is the largest of all, and is made again when it is needed.
 * Gradients of activations are kept only where a span ends; inside it they live in the thread's own
 * memory.
 */
#ifndef TRAINER_NET_NETWORK_DATA_H
#define TRAINER_NET_NETWORK_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d_direct.h"
#include "core/network/architecture.h"
#include "core/network/parameters.h"
#include "trainer/base/thread_pool.h"
#include "trainer/net/batch.h"
#include "trainer/net/kernels/train_kernels.h"
#include "trainer/net/layers/conv2d_backward.h"

/* Images whose gradients are summed apart, so that sums do not depend on the number of threads. */
#define GRADIENT_BLOCK_IMAGES 16

/* Batch normalisation's statistics of the batch at hand. All arrays are [channels]. */
struct norm_state {
    size_t channels, pixels;
    double *sums; /* [blocks][2][channels], one pair for each block */
    float *mean;
    float *inverse;
    float *factor, *term; /* forward: out = in * factor + term */
    float *slope;         /* backward: grad_in = grad * factor + in * slope + backward_term */
    float *backward_term;
};

struct train_layer {
    const struct layer *layer;
    size_t in_elements, out_elements; /* of one image */
    size_t offsets[6];                /* of each enum parameter_role in the flat arrays */
    float *out;      /* [images][out_elements]; where the layer works in place, that of the last;
                        NULL: not kept, in a thread's memory while it works on it */
    float *mask;     /* dropout: [images][out_elements] */
    bool is_relu_of; /* a ReLU that the batch normalisation before it does */
    bool has_relu;   /* batch normalisation: does the ReLU behind it */
    size_t pool;     /* batch normalisation: the pooling to which all goes that it gives, or 0 */
    struct maxpool2d maxpool2d;

    struct conv2d conv2d; /* dense layers too */
    struct conv2d_direct_tables tables;
    struct conv2d_taps taps;
    float *packed, *packed_backward;
    size_t gradient_offset; /* in a block's gradients: [depth][out_channels], then biases */

    struct norm_state norm;
};

/* Layers first to end - 1. */
struct span {
    size_t first, end;
    bool has_norm; /* the first is a batch normalisation; there is none behind it */
    size_t images; /* that are taken through together, a divisor of GRADIENT_BLOCK_IMAGES */
};

/* What a thread of the thread_pool works in. */
struct thread_memory {
    float *grads[2];   /* [span images][elements] */
    float *activation; /* likewise: what a layer gives that does not keep it */
    float *scratch;    /* of the convolutions */
    double *totals;    /* [channels] of the convolution that has most */
};

struct train_network {
    const struct architecture *architecture;
    struct thread_pool *thread_pool;
    struct parameter_table table;
    const struct kernels *kernels;
    const struct train_kernels *train_kernels;
    size_t max_blocks;
    float *parameters;
    float *gradients;
    size_t block_gradient_total;
    float *block_gradients;       /* [blocks][block_gradient_total] */
    float *input;                 /* [images][784] */
    float *boundary_gradients[2]; /* [blocks][boundary_block_floats], where spans meet, in turn */
    size_t boundary_elements;
    double *block_loss;                  /* [blocks] */
    size_t *block_correct;               /* [blocks] */
    size_t *block_measured;              /* [blocks], images that have a class */
    struct thread_memory *thread_memory; /* [thread count] */
    struct shape last;                   /* what the logits are */
    size_t span_count;
    struct span spans[ARCHITECTURE_MAX_LAYERS + 1];
    struct train_layer layers[ARCHITECTURE_MAX_LAYERS];
};

/* Floats of a block's boundary gradients. What is read behind them must not be another block's, which
 * another thread may be writing. */
static inline size_t boundary_block_floats(size_t elements)
{
    return GRADIENT_BLOCK_IMAGES * elements + GRADIENT_SLACK;
}

#endif
