#include "core/layers/conv2d.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/golden.h"
#include "tests/support/model.h"

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

/* Runs a convolution from OIHW weights; `out` must have room for slack. */
static void run(float *out, const float *in, size_t images, const float *weight, const float *bias,
                const struct conv2d *conv, const struct kernels *kernels)
{
    struct conv2d_tables tables;
    assert_true(conv2d_tables_init(&tables, conv));
    float *packed = calloc(conv2d_packed_floats(conv, kernels), sizeof *packed);
    float *scratch = calloc(conv2d_scratch_floats(conv, &tables) + 1, sizeof *scratch);
    assert_non_null(packed);
    assert_non_null(scratch);
    conv2d_pack(packed, weight, conv, kernels);
    conv2d_forward(out, in, images, packed, bias, conv, &tables, scratch, kernels);
    free(scratch);
    free(packed);
    conv2d_tables_release(&tables);
    conv2d_tables_release(&tables); /* zeroed ones are taken */
}

static void check_golden(const struct safetensors *golden, const char *name,
                         const struct conv2d *conv, const struct kernels *kernels)
{
    const struct safetensor *in = golden_get(golden, name, "in");
    const struct safetensor *result = golden_get(golden, name, "out");
    float *ins = golden_nhwc(in), *expected = golden_nhwc(result);
    float *out = calloc(result->count + KERNELS_SLACK, sizeof *out);
    assert_non_null(out);
    run(out, ins, in->shape[0], golden_get(golden, name, "weight")->data,
        golden_get(golden, name, "bias")->data, conv, kernels);
    assert_close(out, expected, result->count, TOLERANCE);
    free(out);
    free(expected);
    free(ins);
}

static void forward_matches_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t i = 0; i < GOLDEN_CASES; i++) {
            struct conv2d conv = conv_of(golden, &golden_cases[i]);
            check_golden(golden, golden_cases[i].name, &conv, kernels_at(table));
        }
    safetensors_destroy(golden);
}

static void a_dense_layer_matches_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *weight = golden_get(golden, "dense", "weight");
    const struct conv2d conv = {weight->shape[1], 1, 1, weight->shape[0], 1, 1, 1, 1, 1, 1, 0, 0};
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        check_golden(golden, "dense", &conv, kernels_at(table));
    safetensors_destroy(golden);
}

static void sizes_follow_from_the_shape(void **state)
{
    (void)state;
    const struct conv2d padded = {3, 5, 4, 7, 6, 5, 2, 2, 1, 1, 1, 1};
    assert_int_equal(conv2d_in_elements(&padded), 60);
    assert_int_equal(conv2d_out_elements(&padded), 210);
    assert_int_equal(conv2d_padded_elements(&padded), 7 * 6 * 3);
    assert_int_equal(conv2d_depth(&padded), 12);
    assert_true(conv2d_is_padded(&padded));
    struct conv2d bare = padded;
    bare.padding_height = bare.padding_width = 0;
    assert_false(conv2d_is_padded(&bare));
}

static void padding_lies_around_the_picture(void **state)
{
    (void)state;
    const struct conv2d conv = {1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2};
    const float in[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const float expected[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4,
                              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                              5, 6, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0};
    float out[48];
    conv2d_pad(out, in, 2, &conv);
    assert_memory_equal(out, expected, sizeof out);
}

static void kernel_wider_than_what_padding_leaves_reads_zeros(void **state)
{
    (void)state;
    const struct conv2d conv = {1, 1, 1, 1, 3, 3, 5, 5, 1, 1, 3, 3};
    float in[1] = {2.0f}, weight[25], out[9 + KERNELS_SLACK];
    for (size_t i = 0; i < 25; i++)
        weight[i] = (float)i;
    run(out, in, 1, weight, NULL, &conv, kernels_select());
    /* Output (oy, ox) meets the only pixel through tap (3 - oy, 3 - ox). */
    for (size_t oy = 0; oy < 3; oy++)
        for (size_t ox = 0; ox < 3; ox++)
            assert_true(out[oy * 3 + ox] == 2.0f * (float)((3 - oy) * 5 + 3 - ox));
}

/* Groups, tiles and panels must not show: one pixel, a few, more than a group holds. */
static void an_image_gets_the_same_bits_alone_and_among_others(void **state)
{
    (void)state;
    static const struct conv2d convs[] = {{5, 3, 3, 70, 1, 1, 3, 3, 1, 1, 0, 0},
                                          {4, 5, 5, 9, 5, 5, 3, 3, 1, 1, 1, 1},
                                          {1, 12, 12, 33, 10, 10, 3, 3, 1, 1, 0, 0}};
    static float in[37 * 144], weight[70 * 45], together[37 * 3300 + KERNELS_SLACK];
    static float alone[3300 + KERNELS_SLACK];
    fill_numbers(in, sizeof in / sizeof *in, 1);
    fill_numbers(weight, sizeof weight / sizeof *weight, 2);
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t i = 0; i < sizeof convs / sizeof *convs; i++) {
            size_t elements = conv2d_out_elements(&convs[i]);
            run(together, in, 37, weight, NULL, &convs[i], kernels_at(table));
            for (size_t image = 0; image < 37; image++) {
                run(alone, in + image * conv2d_in_elements(&convs[i]), 1, weight, NULL, &convs[i],
                    kernels_at(table));
                assert_memory_equal(alone, together + image * elements, elements * sizeof *alone);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_matches_pytorch),
        cmocka_unit_test(a_dense_layer_matches_pytorch),
        cmocka_unit_test(sizes_follow_from_the_shape),
        cmocka_unit_test(padding_lies_around_the_picture),
        cmocka_unit_test(kernel_wider_than_what_padding_leaves_reads_zeros),
        cmocka_unit_test(an_image_gets_the_same_bits_alone_and_among_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
