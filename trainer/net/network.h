/*
 * A network in training: parameters, their gradients, and the activations of one batch.
 *
 *     train_network_step(network, &result, &batch)     forward, loss, backward
 *     train_network_gradients(network)                 what the optimiser reads
 *
 * A batch is cut into blocks of sixteen images, each worked on by one thread of the thread_pool; sums over
 * blocks are taken in order, so the gradients are the same to the bit for any number of threads.
 */
#ifndef TRAINER_NET_NETWORK_H
#define TRAINER_NET_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/kernels/kernels.h"
#include "core/network/architecture.h"
#include "core/network/model.h"
#include "core/network/parameters.h"
#include "trainer/base/thread_pool.h"
#include "trainer/net/batch.h"

struct train_network;

/* How train_network_step normalises pixels; a model of its weights must do the same. */
extern const struct model_preprocessing train_preprocessing;

/*
 * Makes a network with all parameters initialised from `seed`: weights He-uniform as PyTorch's
 * layers (Kaiming 2015, a = sqrt 5), batch normalisation at one and zero. Holds one copy of
 * everything for `max_batch` images. `architecture` and `thread_pool` are borrowed and must outlive the
 * network. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status train_network_create(struct train_network **out,
                                                        const struct architecture *architecture,
                                                        size_t max_batch, uint64_t seed,
                                                        struct thread_pool *thread_pool,
                                                        struct digit_error *error);

/* The same with those kernels instead of this processor's fastest. */
DIGIT_MUST_CHECK enum digit_status
train_network_create_with(struct train_network **out, const struct architecture *architecture,
                          size_t max_batch, uint64_t seed, struct thread_pool *thread_pool,
                          const struct kernels *kernels, struct digit_error *error);

/* NULL is taken. */
void train_network_destroy(struct train_network *network);

/* The parameter table: which tensor lies where in the arrays below. */
const struct parameter_table *train_network_table(const struct train_network *network);

/* All parameters, running statistics included: [table->total]. The optimiser writes here. */
float *train_network_parameters(struct train_network *network);

/* d(mean loss)/d(parameter) of the last step: [table->total]; zero at running statistics. */
const float *train_network_gradients(const struct train_network *network);

/*
 * One training step without the update: batch statistics in batch normalisation (running ones are
 * moved by momentum 0.1), dropout on, loss, gradients. The target of an image without a class is the
 * uniform distribution, whatever smoothing and teacher are (outlier exposure: Hendrycks, Mazeika and
 * Dietterich 2019, arXiv:1812.04606).
 */
void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch);

#endif
