/*
 * A network in training: its parameters, their gradients and the activations of one batch.
 *
 *     train_network_step(network, &result, &batch);     forward pass, loss, backward pass
 *     train_network_gradients(network)                  the gradients, which the optimiser reads
 *
 * A batch is divided into blocks of sixteen images, each processed by one thread of the pool. Sums
 * over blocks are taken in the order of the blocks, so the gradients are the same to the bit for
 * any number of threads.
 *
 * The loss of a batch is the mean over its images of
 *
 *     (1 - s) * CE(z, target) + s * T^2 * KL(softmax(t / T), softmax(z / T))
 *
 * with the network's logits z, the teachers' logits t, s = teacher_share (0 without teachers),
 * T = temperature, CE the cross-entropy with softmax(z), and
 *
 *     target = (1 - m) * smooth(label) + m * smooth(mixup label)       m: the mixup's share
 *     smooth(k)[i] = (1 - label_smoothing) * (i == k) + label_smoothing / DIGIT_CLASSES
 *
 * (distillation: Hinton, Vinyals and Dean 2015; label smoothing: Szegedy et al. 2016). The loss of
 * an outlier is CE(z, uniform distribution), whatever smoothing and teachers are (outlier exposure:
 * Hendrycks, Mazeika and Dietterich 2019, arXiv:1812.04606).
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

/* How train_network_step normalises pixels; a model made of its parameters must do the same. */
extern const struct model_preprocessing train_preprocessing;

/*
 * Creates a network for batches of up to `max_batch` images, its parameters initialised from
 * `seed`. Weights and biases are uniform from -1 / sqrt(fan_in) to 1 / sqrt(fan_in), as in PyTorch
 * (He-uniform with a = sqrt(5): He et al. 2015), the scale of batch normalisation is 1 and its
 * shift 0. `architecture` and `thread_pool` are borrowed and must outlive the network. The caller
 * owns the network. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status train_network_create(struct train_network **out,
                                                        const struct architecture *architecture,
                                                        size_t max_batch, uint64_t seed,
                                                        struct thread_pool *thread_pool,
                                                        struct digit_error *error);

/* The same with `kernels` instead of the fastest ones of this processor. */
DIGIT_MUST_CHECK enum digit_status
train_network_create_with(struct train_network **out, const struct architecture *architecture,
                          size_t max_batch, uint64_t seed, struct thread_pool *thread_pool,
                          const struct kernels *kernels, struct digit_error *error);

/* NULL is allowed. */
void train_network_destroy(struct train_network *network);

/* The parameter table: the position of each tensor in the arrays below. */
const struct parameter_table *train_network_table(const struct train_network *network);

/* All parameters, including running statistics: [table->total]. The optimiser writes to them. */
float *train_network_parameters(struct train_network *network);

/* d(loss)/d(parameter) of the last step: [table->total]; 0 for running statistics. */
const float *train_network_gradients(const struct train_network *network);

/*
 * Computes loss, accuracy and gradients of a batch, but does not update the parameters. Batch
 * normalisation uses the statistics of the batch and updates the running statistics with momentum
 * 0.1; dropout is on. Only the thread that created the pool may call it.
 */
void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch);

#endif
