/* Whatever every processor of the architecture has: SSE2 on x86-64, NEON on aarch64. */
#define KERNELS_TABLE kernels_portable

#include "core/kernels/table.inc"
