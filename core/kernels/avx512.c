/* x86-64 with AVX-512 F, VL and DQ. */
#define KERNELS_TABLE kernels_avx512

#include "core/kernels/table.inc"
