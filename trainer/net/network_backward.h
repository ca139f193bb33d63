/*
 * The backward pass of a training step. For trainer/net/network*.c alone.
 */
#ifndef TRAINER_NET_NETWORK_BACKWARD_H
#define TRAINER_NET_NETWORK_BACKWARD_H

#include <stddef.h>

#include "trainer/net/network_step.h"

/*
 * Fills the gradients of each block from what step_forward left. All threads of the pool call it; they
 * share the blocks and meet at barriers behind each batch normalisation.
 */
void step_backward(const struct train_step *step, size_t thread, size_t thread_count);

#endif
