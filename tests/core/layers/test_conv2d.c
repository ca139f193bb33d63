#include "core/layers/conv2d.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/layers/lanes.h"
#include "tests/support/golden.h"

/* Sums of at most 300 float terms of magnitude 1, in another order than PyTorch's. */
#define TOLERANCE 1e-5

struct golden_case {
    const char *name;
    size_t stride[2];
    size_t padding[2];
};

static const struct golden_case golden_cases[] = {
    {"conv2d_same", {1, 1}, {1, 1}},
    {"conv2d_valid", {1, 1}, {0, 0}},
    {"conv2d_odd", {2, 3}, {2, 1}},
    {"conv2d_point", {1, 1}, {0, 0}},
};

#define GOLDEN_CASES (sizeof golden_cases / sizeof *golden_cases)

static struct conv2d conv_of(const struct safetensors *golden, const struct golden_case *which)
{
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct safetensor *out = golden_get(golden, which->name, "out");
    const struct safetensor *weight = golden_get(golden, which->name, "weight");
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

static size_t in_elements(const struct conv2d *conv)
{
    return conv->in_channels * conv->in_height * conv->in_width;
}

static size_t out_elements(const struct conv2d *conv)
{
    return conv->out_channels * conv->out_height * conv->out_width;
}

/* Holds `block`, the images from `first`, to the golden tensor. */
static void assert_block_close(const float *block, const struct safetensor *expected, size_t first,
                               size_t lanes)
{
    size_t elements = expected->count / expected->shape[0];
    size_t left = expected->shape[0] - first;
    size_t used = left < lanes ? left : lanes;
    float *images = images_from_block(block, elements, used, lanes);
    assert_close(images, expected->data + first * elements, used * elements, TOLERANCE);
    free(images);
}

static void check_forward(const struct safetensors *golden, const struct golden_case *which,
                          size_t lanes)
{
    struct conv2d conv = conv_of(golden, which);
    const struct safetensor *in = golden_get(golden, which->name, "in");
    float *out = calloc(out_elements(&conv) * lanes, sizeof *out);
    for (size_t image = 0; image < in->shape[0]; image += lanes) {
        float *block = block_from_images(in, image, lanes);
        conv2d_forward(out, block, golden_get(golden, which->name, "weight")->data,
                       golden_get(golden, which->name, "bias")->data, &conv, lanes);
        assert_block_close(out, golden_get(golden, which->name, "out"), image, lanes);
        free(block);
    }
    free(out);
}

static void check_backward_input(const struct safetensors *golden, const struct golden_case *which,
                                 size_t lanes)
{
    struct conv2d conv = conv_of(golden, which);
    const struct safetensor *grad_out = golden_get(golden, which->name, "grad_out");
    float *grad_in = malloc(in_elements(&conv) * lanes * sizeof *grad_in);
    for (size_t image = 0; image < grad_out->shape[0]; image += lanes) {
        float *block = block_from_images(grad_out, image, lanes);
        memset(grad_in, 0x7f, in_elements(&conv) * lanes * sizeof *grad_in);
        conv2d_backward_input(grad_in, block, golden_get(golden, which->name, "weight")->data,
                              &conv, lanes);
        assert_block_close(grad_in, golden_get(golden, which->name, "grad_in"), image, lanes);
        free(block);
    }
    free(grad_in);
}

static void check_backward_weight(const struct safetensors *golden, const struct golden_case *which,
                                  size_t lanes)
{
    struct conv2d conv = conv_of(golden, which);
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct safetensor *grad_out = golden_get(golden, which->name, "grad_out");
    const struct safetensor *weight = golden_get(golden, which->name, "grad_weight");
    const struct safetensor *bias = golden_get(golden, which->name, "grad_bias");
    float *grad_weight = calloc(weight->count, sizeof *grad_weight);
    float *grad_bias = calloc(bias->count, sizeof *grad_bias);
    for (size_t image = 0; image < in->shape[0]; image += lanes) {
        float *in_block = block_from_images(in, image, lanes);
        float *grad_block = block_from_images(grad_out, image, lanes);
        conv2d_backward_weight(grad_weight, grad_bias, grad_block, in_block, &conv, lanes);
        free(in_block);
        free(grad_block);
    }
    assert_close(grad_weight, weight->data, weight->count, TOLERANCE);
    assert_close(grad_bias, bias->data, bias->count, TOLERANCE);
    free(grad_weight);
    free(grad_bias);
}

static void all_passes_match_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    static const size_t lane_counts[] = {1, LANES};
    for (size_t i = 0; i < GOLDEN_CASES; i++)
        for (size_t j = 0; j < 2; j++) {
            check_forward(golden, &golden_cases[i], lane_counts[j]);
            check_backward_input(golden, &golden_cases[i], lane_counts[j]);
            check_backward_weight(golden, &golden_cases[i], lane_counts[j]);
        }
    safetensors_destroy(golden);
}

/* Small whole numbers, so that every sum is exact and gradients can be compared to the last bit. */
static void fill(float *values, size_t count, unsigned seed)
{
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)((int)(seed >> 28) - 8);
    }
}

static double dot(const float *a, const float *b, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

/* loss = <out, r>; its derivative by one value is the difference over a step of one, as it is
 * linear. */
struct difference {
    struct conv2d conv;
    float in[2 * 7 * 6], weight[3 * 2 * 3 * 2], bias[3], r[3 * 8 * 7], out[3 * 8 * 7];
};

static double loss_of(struct difference *d)
{
    conv2d_forward(d->out, d->in, d->weight, d->bias, &d->conv, 1);
    return dot(d->out, d->r, out_elements(&d->conv));
}

static void assert_matches_differences(struct difference *d, float *values, const float *gradient,
                                       size_t count)
{
    double before = loss_of(d);
    for (size_t i = 0; i < count; i++) {
        values[i] += 1.0f;
        assert_true(loss_of(d) - before == gradient[i]);
        values[i] -= 1.0f;
    }
}

static void backward_matches_finite_differences(void **state)
{
    (void)state;
    static const size_t variants[][4] = {{1, 1, 0, 0}, {1, 1, 1, 1}, {2, 1, 1, 0}, {3, 2, 2, 1}};
    for (size_t v = 0; v < 4; v++) {
        struct difference d = {.conv = {.in_channels = 2,
                                        .in_height = 7,
                                        .in_width = 6,
                                        .out_channels = 3,
                                        .kernel_height = 3,
                                        .kernel_width = 2,
                                        .stride_height = variants[v][0],
                                        .stride_width = variants[v][1],
                                        .padding_height = variants[v][2],
                                        .padding_width = variants[v][3]}};
        d.conv.out_height = (7 + 2 * variants[v][2] - 3) / variants[v][0] + 1;
        d.conv.out_width = (6 + 2 * variants[v][3] - 2) / variants[v][1] + 1;
        fill(d.in, sizeof d.in / sizeof *d.in, 1);
        fill(d.weight, sizeof d.weight / sizeof *d.weight, 2);
        fill(d.bias, sizeof d.bias / sizeof *d.bias, 3);
        fill(d.r, sizeof d.r / sizeof *d.r, 4);
        float grad_in[2 * 7 * 6], grad_weight[3 * 2 * 3 * 2] = {0}, grad_bias[3] = {0};
        conv2d_backward_input(grad_in, d.r, d.weight, &d.conv, 1);
        conv2d_backward_weight(grad_weight, grad_bias, d.r, d.in, &d.conv, 1);
        assert_matches_differences(&d, d.in, grad_in, sizeof d.in / sizeof *d.in);
        assert_matches_differences(&d, d.weight, grad_weight, sizeof d.weight / sizeof *d.weight);
        assert_matches_differences(&d, d.bias, grad_bias, sizeof d.bias / sizeof *d.bias);
    }
}

static void kernel_wider_than_what_padding_leaves_reads_zeros(void **state)
{
    (void)state;
    struct conv2d conv = {1, 1, 1, 1, 3, 3, 5, 5, 1, 1, 3, 3};
    float in[1] = {2.0f}, weight[25], out[9];
    for (size_t i = 0; i < 25; i++)
        weight[i] = (float)i;
    conv2d_forward(out, in, weight, NULL, &conv, 1);
    /* Output (oy, ox) meets the only pixel through tap (3 - oy, 3 - ox). */
    for (size_t oy = 0; oy < 3; oy++)
        for (size_t ox = 0; ox < 3; ox++)
            assert_true(out[oy * 3 + ox] == 2.0f * (float)((3 - oy) * 5 + 3 - ox));
}

static void every_lane_equals_the_image_alone(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    struct conv2d conv = conv_of(golden, &golden_cases[1]);
    const struct safetensor *in = golden_get(golden, "conv2d_valid", "in");
    const float *weight = golden_get(golden, "conv2d_valid", "weight")->data;
    float *block = block_from_images(in, 0, LANES);
    float *together = calloc(out_elements(&conv) * LANES, sizeof *together);
    float *alone = calloc(out_elements(&conv), sizeof *alone);
    conv2d_forward(together, block, weight, NULL, &conv, LANES);
    for (size_t lane = 0; lane < LANES; lane++) {
        conv2d_forward(alone, in->data + lane * in_elements(&conv), weight, NULL, &conv, 1);
        for (size_t i = 0; i < out_elements(&conv); i++)
            assert_memory_equal(&alone[i], &together[i * LANES + lane], sizeof *alone);
    }
    free(block);
    free(together);
    free(alone);
    safetensors_destroy(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_passes_match_pytorch),
        cmocka_unit_test(backward_matches_finite_differences),
        cmocka_unit_test(kernel_wider_than_what_padding_leaves_reads_zeros),
        cmocka_unit_test(every_lane_equals_the_image_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
