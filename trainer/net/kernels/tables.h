/* The tables that there are; for trainer/kernels/ alone. */
#ifndef TRAINER_NET_KERNELS_TABLES_H
#define TRAINER_NET_KERNELS_TABLES_H

#include "trainer/net/kernels/train_kernels.h"

extern const struct train_kernels train_kernels_portable;
#ifdef __x86_64__
extern const struct train_kernels train_kernels_avx2;
extern const struct train_kernels train_kernels_avx512;
#endif

#endif
