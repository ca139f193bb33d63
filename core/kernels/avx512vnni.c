/* x86-64 with AVX-512 F, VL, DQ, BW and VNNI. */
#define KERNELS_TABLE kernels_avx512vnni

#include "core/kernels/table.inc"
