/* x86-64 with AVX2 and FMA. */
#define KERNELS_TABLE kernels_avx2

#include "core/kernels/table.inc"
