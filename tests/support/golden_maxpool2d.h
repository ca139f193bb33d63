/*
 * The max poolings in layers.safetensors.
 */
#ifndef TESTS_SUPPORT_GOLDEN_MAXPOOL2D_H
#define TESTS_SUPPORT_GOLDEN_MAXPOOL2D_H

#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/weights/safetensors.h"

struct golden_maxpool2d {
    const char *name;
    size_t kernel[2];
    size_t stride[2];
};

#define GOLDEN_MAXPOOL2DS 3
extern const struct golden_maxpool2d golden_maxpool2ds[GOLDEN_MAXPOOL2DS];

/* The sizes of a golden case. */
struct maxpool2d golden_maxpool2d_sizes(const struct safetensors *file,
                                        const struct golden_maxpool2d *which);

#endif
