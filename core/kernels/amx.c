/* x86-64 with AVX-512 F, VL, DQ, BW, VNNI and AMX's tiles of bytes. */
#define KERNELS_TABLE kernels_amx

#include "core/kernels/table.inc"
