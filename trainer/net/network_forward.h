/*
 * The forward pass of a training step. For trainer/net/network*.c alone.
 */
#ifndef TRAINER_NET_NETWORK_FORWARD_H
#define TRAINER_NET_NETWORK_FORWARD_H

#include <stddef.h>

#include "trainer/net/network_step.h"

/*
 * Fills activations, batch statistics, and the loss and accuracy of each block. All threads of the pool
 * call it; they share the blocks and meet at barriers before each batch normalisation.
 */
void step_forward(const struct train_step *step, size_t thread, size_t thread_count);

#endif
