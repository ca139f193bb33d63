/*
 * The forward pass of a training step; internal to trainer/net/network*.c.
 */
#ifndef TRAINER_NET_NETWORK_FORWARD_H
#define TRAINER_NET_NETWORK_FORWARD_H

#include <stddef.h>

#include "trainer/net/network_step.h"

/*
 * Computes the activations, the batch statistics, and the loss and accuracy of each block. Every
 * thread of the pool calls it. The blocks are divided among the threads, which wait for each other
 * before each batch normalisation.
 */
void step_forward(const struct train_step *step, size_t thread, size_t thread_count);

#endif
