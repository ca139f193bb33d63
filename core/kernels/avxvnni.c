/* x86-64 with AVX2, FMA and AVX-VNNI. */
#define KERNELS_TABLE kernels_avxvnni

#include "core/kernels/table.inc"
