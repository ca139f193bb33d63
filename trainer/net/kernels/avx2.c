/* x86-64 with AVX2 and FMA. */
#define TRAIN_TABLE train_kernels_avx2

#include "trainer/net/kernels/table.inc"
