/*
 * The backward pass of a training step; internal to trainer/net/network*.c.
 */
#ifndef TRAINER_NET_NETWORK_BACKWARD_H
#define TRAINER_NET_NETWORK_BACKWARD_H

#include <stddef.h>

#include "trainer/net/network_step.h"

/*
 * Computes the gradients of each block from the results of step_forward. Every thread of the pool
 * calls it. The blocks are divided among the threads, which wait for each other at each batch
 * normalisation.
 */
void step_backward(const struct train_step *step, size_t thread, size_t thread_count);

#endif
