/*
 * The convolutions in layers.safetensors, and room to compute one in.
 */
#ifndef TESTS_SUPPORT_GOLDEN_CONV2D_H
#define TESTS_SUPPORT_GOLDEN_CONV2D_H

#include <stddef.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d_direct.h"
#include "tests/support/golden.h"

struct golden_conv2d {
    const char *name;
    size_t stride[2];
    size_t padding[2];
};

/* The dense layer is among them: as the convolution of a row of pixels whose kernel is the row. */
#define GOLDEN_CONV2DS 5
extern const struct golden_conv2d golden_conv2ds[GOLDEN_CONV2DS];

/* A convolution with its tables, packed weights and scratch for one kind of kernels. */
struct conv2d_fixture {
    struct conv2d conv;
    struct conv2d_direct_tables tables;
    const struct kernels *kernels;
    float *packed;
    float *scratch;
};

/* The sizes of a golden case. */
struct conv2d golden_conv2d_sizes(const struct safetensors *file,
                                  const struct golden_conv2d *which);

/* Packs OIHW weights; the caller releases. */
struct conv2d_fixture conv2d_fixture_make(const struct conv2d *conv, const float *weight,
                                          const struct kernels *kernels);

void conv2d_fixture_release(struct conv2d_fixture *fixture);

/* conv2d_direct_forward with all of it. */
void conv2d_fixture_forward(float *out, const float *in, size_t images, const float *bias,
                            const struct conv2d_fixture *fixture);

#endif
