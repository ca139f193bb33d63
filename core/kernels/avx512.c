/* x86-64 with AVX-512 F, VL, DQ and BW. */
#define KERNELS_TABLE kernels_avx512

#include "core/kernels/table.inc"
