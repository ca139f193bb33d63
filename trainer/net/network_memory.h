/* The memory of a network in training; for trainer/net/network.c alone. */
#ifndef TRAINER_NET_NETWORK_MEMORY_H
#define TRAINER_NET_NETWORK_MEMORY_H

#include <stdbool.h>

#include "trainer/net/network_data.h"

/*
 * Allocates everything, zeroed, and fills in what follows from the architecture: sizes, tables,
 * spans. network: zeroed but for architecture, thread_pool, table, kernels and max_blocks. False without
 * memory; network_release is then still to be called.
 */
bool network_allocate(struct train_network *network);

/* Frees what network_allocate made. */
void network_release(struct train_network *network);

#endif
