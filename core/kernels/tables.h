/*
 * All tables of kernels; for core/kernels/ alone.
 */
#ifndef CORE_KERNELS_TABLES_H
#define CORE_KERNELS_TABLES_H

#include "core/kernels/kernels.h"

extern const struct kernels kernels_portable;
#ifdef __x86_64__
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avxvnni;
extern const struct kernels kernels_avx512;
extern const struct kernels kernels_avx512vnni;
extern const struct kernels kernels_amx;
#endif

#endif
