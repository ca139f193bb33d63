#include "tests/support/golden_maxpool2d.h"

#include "tests/support/golden.h"

const struct golden_maxpool2d golden_maxpool2ds[GOLDEN_MAXPOOL2DS] = {
    {"maxpool2d_even", {2, 2}, {2, 2}},
    {"maxpool2d_overlapping", {3, 2}, {2, 3}},
    {"maxpool2d_ties", {2, 2}, {2, 2}},
};

struct maxpool2d golden_maxpool2d_sizes(const struct safetensors *file,
                                        const struct golden_maxpool2d *which)
{
    const struct safetensor *in = golden_get(file, which->name, "in");
    const struct safetensor *out = golden_get(file, which->name, "out");
    return (struct maxpool2d){
        .channels = in->shape[1],
        .in_height = in->shape[2],
        .in_width = in->shape[3],
        .out_height = out->shape[2],
        .out_width = out->shape[3],
        .kernel_height = which->kernel[0],
        .kernel_width = which->kernel[1],
        .stride_height = which->stride[0],
        .stride_width = which->stride[1],
    };
}
