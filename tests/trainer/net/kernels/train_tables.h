/*
 * The tables of training kernels that run on this processor, for tests that loop over them.
 */
#ifndef TESTS_TRAINER_NET_KERNELS_TRAIN_TABLES_H
#define TESTS_TRAINER_NET_KERNELS_TRAIN_TABLES_H

#include <stddef.h>

#include "trainer/net/kernels/train_kernels.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* One rounding of a float, relative. */
#define ROUNDING 0x1p-24

/* The table that belongs to kernels_at(index), or NULL after the last. */
static inline const struct train_kernels *table_at(size_t index)
{
    const struct kernels *kernels = kernels_at(index);
    return kernels == NULL ? NULL : train_kernels_for(kernels);
}

#endif
