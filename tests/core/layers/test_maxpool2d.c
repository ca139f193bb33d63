#include "core/layers/maxpool2d.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/layers/lanes.h"
#include "tests/support/golden.h"

/* Nothing is summed but the gradients of overlapping windows, at most six of them. */
#define TOLERANCE 1e-6

struct golden_case {
    const char *name;
    size_t kernel[2];
    size_t stride[2];
};

static const struct golden_case golden_cases[] = {
    {"maxpool2d_even", {2, 2}, {2, 2}},
    {"maxpool2d_overlapping", {3, 2}, {2, 3}},
    {"maxpool2d_ties", {2, 2}, {2, 2}},
};

static struct maxpool2d pool_of(const struct safetensors *golden, const struct golden_case *which)
{
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct safetensor *out = golden_get(golden, which->name, "out");
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

static void check_block(const struct safetensors *golden, const struct golden_case *which,
                        size_t image, size_t lanes)
{
    struct maxpool2d pool = pool_of(golden, which);
    const struct safetensor *in = golden_get(golden, which->name, "in");
    size_t in_elements = in->count / in->shape[0];
    size_t out_elements = pool.channels * pool.out_height * pool.out_width;
    size_t left = in->shape[0] - image;
    size_t used = left < lanes ? left : lanes;
    float *in_block = block_from_images(in, image, lanes);
    float *grad_out = block_from_images(golden_get(golden, which->name, "grad_out"), image, lanes);
    float *out = calloc(out_elements * lanes, sizeof *out);
    float *grad_in = calloc(in_elements * lanes, sizeof *grad_in);

    maxpool2d_forward(out, in_block, &pool, lanes);
    maxpool2d_backward(grad_in, grad_out, in_block, out, &pool, lanes);
    float *outs = images_from_block(out, out_elements, used, lanes);
    float *grads = images_from_block(grad_in, in_elements, used, lanes);
    assert_close(outs, golden_get(golden, which->name, "out")->data + image * out_elements,
                 used * out_elements, 0.0);
    assert_close(grads, golden_get(golden, which->name, "grad_in")->data + image * in_elements,
                 used * in_elements, TOLERANCE);
    free(in_block);
    free(grad_out);
    free(out);
    free(grad_in);
    free(outs);
    free(grads);
}

static void both_passes_match_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t i = 0; i < sizeof golden_cases / sizeof *golden_cases; i++) {
        size_t images = golden_get(golden, golden_cases[i].name, "in")->shape[0];
        for (size_t image = 0; image < images; image++)
            check_block(golden, &golden_cases[i], image, 1);
        check_block(golden, &golden_cases[i], 0, LANES);
    }
    safetensors_destroy(golden);
}

static void backward_matches_finite_differences(void **state)
{
    (void)state;
    struct maxpool2d pool = {1, 4, 4, 2, 2, 2, 2, 2, 2};
    float in[16], out[4], grad_in[16];
    const float r[4] = {1, -2, 4, 8};
    for (size_t i = 0; i < 16; i++)
        in[i] = (float)(i * 7 % 16);
    maxpool2d_forward(out, in, &pool, 1);
    maxpool2d_backward(grad_in, r, in, out, &pool, 1);
    float before = out[0] * r[0] + out[1] * r[1] + out[2] * r[2] + out[3] * r[3];
    for (size_t i = 0; i < 16; i++) {
        in[i] += 0.5f; /* less than the distance of two values: the same one stays the largest */
        maxpool2d_forward(out, in, &pool, 1);
        float after = out[0] * r[0] + out[1] * r[1] + out[2] * r[2] + out[3] * r[3];
        assert_true((after - before) / 0.5f == grad_in[i]);
        in[i] -= 0.5f;
    }
}

static void nan_anywhere_in_a_window_is_its_maximum(void **state)
{
    (void)state;
    struct maxpool2d pool = {1, 2, 2, 1, 1, 2, 2, 2, 2};
    for (size_t at = 0; at < 4; at++) {
        float in[4] = {1.0f, 4.0f, 2.0f, 3.0f}, out;
        in[at] = NAN;
        maxpool2d_forward(&out, in, &pool, 1);
        assert_true(isnan(out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_passes_match_pytorch),
        cmocka_unit_test(backward_matches_finite_differences),
        cmocka_unit_test(nan_anywhere_in_a_window_is_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
