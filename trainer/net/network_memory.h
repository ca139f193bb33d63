/* The memory of a network in training; internal to trainer/net/network.c. */
#ifndef TRAINER_NET_NETWORK_MEMORY_H
#define TRAINER_NET_NETWORK_MEMORY_H

#include <stdbool.h>

#include "trainer/net/network_data.h"

/*
 * Allocates all arrays, zeroed, and sets everything that follows from the architecture: sizes,
 * tables, spans. `network` must be zeroed except for architecture, thread_pool, table, kernels,
 * train_kernels and max_blocks. Returns false if memory runs out; network_release must then still
 * be called.
 */
bool network_allocate(struct train_network *network);

/* Frees everything that network_allocate allocated. */
void network_release(struct train_network *network);

#endif
