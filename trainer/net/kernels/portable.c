/* Instructions that every processor of the architecture has: SSE2 on x86-64, NEON on aarch64. */
#define TRAIN_TABLE train_kernels_portable

#include "trainer/net/kernels/table.inc"
