/*
 * The data of a network in training; internal to trainer/net/network*.c.
 *
 * The layers are divided into spans. A thread takes the images of a block through a span a few at a
 * time, so that their activations stay in its cache; where activations have become smaller, a new
 * span processes more images at a time. A span also begins at each batch normalisation: its
 * statistics need the whole batch, so it starts when all threads have reached it.
 *
 * A layer keeps its output for the whole batch, because the backward pass reads it. The exception
 * is a batch normalisation that is followed by a pooling: its output is the largest of all and is
 * computed again when it is needed. Gradients of activations are kept only at the boundaries of
 * spans; within a span they live in the thread's own memory.
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

/* Images in a block. The gradients of each block are summed separately, so that the sums do not
 * depend on the number of threads. */
#define GRADIENT_BLOCK_IMAGES 16

/*
 * The state of a batch normalisation (Ioffe and Szegedy 2015). Forward, with the mean and the
 * biased variance of a channel over the n pixels of the batch:
 *
 *     inverse = 1 / sqrt(variance + epsilon)
 *     factor  = scale * inverse
 *     term    = shift - mean * factor
 *     out     = in * factor + term
 *
 * Backward, with the gradient g with respect to the output and sums over the n pixels:
 *
 *     grad_shift    = sum of g
 *     grad_scale    = inverse * sum of g * (in - mean)
 *     slope         = -factor * inverse * grad_scale / n
 *     backward_term = -factor * grad_shift / n - slope * mean
 *     grad_in       = g * factor + in * slope + backward_term
 *
 * All arrays are [channels] unless noted.
 */
struct norm_state {
    size_t channels, pixels; /* of one image */
    double *sums;            /* [blocks][2][channels]: sum and square sum, or grad_shift's and
                                grad_scale's sum, of each block */
    float *mean;
    float *inverse;
    float *factor, *term;
    float *slope;
    float *backward_term;
};

struct train_layer {
    const struct layer *layer;
    size_t in_elements, out_elements; /* of one image */
    size_t offsets[6];                /* of each enum parameter_role in the flat arrays */
    float *out;    /* [images][out_elements]; the previous layer's if this one works in place; NULL
                      if the output is not kept but lives in a thread's memory */
    float *mask;   /* dropout: [images][out_elements], out = in * mask, where mask is 0 with the
                      layer's probability p, else 1 / (1 - p) */
    bool is_fused; /* ReLU: computed by the batch normalisation before it */
    bool has_relu; /* batch normalisation: also computes the ReLU after it */
    size_t pool;   /* batch normalisation: index of the pooling that follows it, or 0 */
    struct maxpool2d maxpool2d;

    struct conv2d conv2d; /* also of dense layers */
    struct conv2d_direct_tables tables;
    struct conv2d_taps taps;
    float *packed, *packed_backward;
    size_t gradient_offset; /* in a block's gradients: [depth][out_channels], then the biases */

    struct norm_state norm;
};

/* The layers first to end - 1. */
struct span {
    size_t first, end;
    bool has_norm; /* the first layer is a batch normalisation; no other layer of a span is one */
    size_t images; /* processed together, a divisor of GRADIENT_BLOCK_IMAGES */
};

/* The working memory of one thread. */
struct thread_memory {
    float *grads[2];   /* [span images][elements] */
    float *activation; /* likewise: the output of a layer that does not keep it */
    float *scratch;    /* of the convolutions */
    double *totals;    /* [channels] of the convolution with the most channels */
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
    float *boundary_gradients[2]; /* [blocks][boundary_block_floats], used alternately by spans */
    size_t boundary_elements;
    double *block_loss;                  /* [blocks] */
    size_t *block_correct;               /* [blocks] */
    size_t *block_measured;              /* [blocks], number of images that have a class */
    struct thread_memory *thread_memory; /* [thread count] */
    struct shape last;                   /* of the last layer's output, the logits */
    size_t span_count;
    struct span spans[ARCHITECTURE_MAX_LAYERS + 1];
    struct train_layer layers[ARCHITECTURE_MAX_LAYERS];
};

/* Floats of a block's boundary gradients. The GRADIENT_SLACK keeps kernels, which may read past the
 * end, from reading the next block's gradients while another thread writes them. */
static inline size_t boundary_block_floats(size_t elements)
{
    return GRADIENT_BLOCK_IMAGES * elements + GRADIENT_SLACK;
}

#endif
