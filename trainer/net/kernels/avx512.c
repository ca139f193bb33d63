/* x86-64 with AVX-512 F, VL, DQ and BW. */
#define TRAIN_TABLE train_kernels_avx512

#include "trainer/net/kernels/table.inc"
