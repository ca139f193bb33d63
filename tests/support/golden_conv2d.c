#include "tests/support/golden_conv2d.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

const struct golden_conv2d golden_conv2ds[GOLDEN_CONV2DS] = {
    {"conv2d_same", {1, 1}, {1, 1}}, {"conv2d_valid", {1, 1}, {0, 0}},
    {"conv2d_odd", {2, 3}, {2, 1}},  {"conv2d_point", {1, 1}, {0, 0}},
    {"dense", {1, 1}, {0, 0}},
};

/* Features become a row of pixels in one channel. */
static struct conv2d dense_sizes(const struct safetensor *weight)
{
    return (struct conv2d){
        .in_channels = 1,
        .in_height = 1,
        .in_width = weight->shape[1],
        .out_channels = weight->shape[0],
        .out_height = 1,
        .out_width = 1,
        .kernel_height = 1,
        .kernel_width = weight->shape[1],
        .stride_height = 1,
        .stride_width = 1,
    };
}

struct conv2d golden_conv2d_sizes(const struct safetensors *file, const struct golden_conv2d *which)
{
    const struct safetensor *in = golden_get(file, which->name, "in");
    const struct safetensor *out = golden_get(file, which->name, "out");
    const struct safetensor *weight = golden_get(file, which->name, "weight");
    if (weight->rank == 2)
        return dense_sizes(weight);
    return (struct conv2d){
        .in_channels = in->shape[1],
        .in_height = in->shape[2],
        .in_width = in->shape[3],
        .out_channels = out->shape[1],
        .out_height = out->shape[2],
        .out_width = out->shape[3],
        .kernel_height = weight->shape[2],
        .kernel_width = weight->shape[3],
        .stride_height = which->stride[0],
        .stride_width = which->stride[1],
        .padding_height = which->padding[0],
        .padding_width = which->padding[1],
    };
}

struct conv2d_fixture conv2d_fixture_make(const struct conv2d *conv, const float *weight,
                                          const struct kernels *kernels)
{
    struct conv2d_fixture fixture = {.conv = *conv, .kernels = kernels};
    assert_true(conv2d_direct_tables_init(&fixture.tables, conv));
    fixture.packed = malloc(conv2d_direct_packed_floats(conv, kernels) * sizeof(float));
    fixture.scratch =
        malloc((conv2d_direct_scratch_floats(conv, &fixture.tables) + 1) * sizeof(float));
    assert_non_null(fixture.packed);
    assert_non_null(fixture.scratch);
    conv2d_direct_pack(fixture.packed, weight, conv, kernels);
    return fixture;
}

void conv2d_fixture_release(struct conv2d_fixture *fixture)
{
    conv2d_direct_tables_release(&fixture->tables);
    free(fixture->packed);
    free(fixture->scratch);
}

void conv2d_fixture_forward(float *out, const float *in, size_t images, const float *bias,
                            const struct conv2d_fixture *fixture)
{
    conv2d_direct_forward(out, in, images, fixture->packed, bias, false, &fixture->conv,
                          &fixture->tables, fixture->scratch, fixture->kernels);
}
