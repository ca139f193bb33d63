/*
 * The convolutions in layers.safetensors, and a fixture that computes one.
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

/* One of them is a dense layer: the convolution of a row of pixels whose kernel is the row. */
#define GOLDEN_CONV2DS 5
extern const struct golden_conv2d golden_conv2ds[GOLDEN_CONV2DS];

/* A convolution with its tables, packed weights and scratch memory for one table of kernels. */
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

/* Packs OIHW weights; the caller releases the fixture. */
struct conv2d_fixture conv2d_fixture_make(const struct conv2d *conv, const float *weight,
                                          const struct kernels *kernels);

void conv2d_fixture_release(struct conv2d_fixture *fixture);

/* Calls conv2d_direct_forward with the fixture. */
void conv2d_fixture_forward(float *out, const float *in, size_t images, const float *bias,
                            const struct conv2d_fixture *fixture);

#endif
