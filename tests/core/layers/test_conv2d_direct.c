#include "core/layers/conv2d_direct.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/golden_conv2d.h"
#include "tests/support/model.h"
#include "tests/test.h"

/* Sums of at most 30 float terms of magnitude 1, in another order than PyTorch's. */
#define TOLERANCE 1e-5

#define IMAGES 37 /* more than two groups, and not a multiple of a group */

static float *allocate(size_t count)
{
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    memset(values, 0x7f, count * sizeof *values); /* no expected number */
    return values;
}

static void check_forward(const struct safetensors *golden, const struct golden_conv2d *which,
                          const struct kernels *kernels)
{
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct safetensor *out = golden_get(golden, which->name, "out");
    const struct conv2d conv = golden_conv2d_sizes(golden, which);
    struct conv2d_fixture fixture =
        conv2d_fixture_make(&conv, golden_get(golden, which->name, "weight")->data, kernels);
    float *from = golden_nhwc(in), *to = allocate(out->count);
    conv2d_fixture_forward(to, from, in->shape[0], golden_get(golden, which->name, "bias")->data,
                           &fixture);
    assert_nhwc_close(to, out, TOLERANCE);
    free(from);
    free(to);
    conv2d_fixture_release(&fixture);
}

TEST(forward_matches_pytorch_on_all_kernels)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < GOLDEN_CONV2DS; i++)
            check_forward(golden, &golden_conv2ds[i], kernels_at(k));
    safetensors_destroy(golden);
}

TEST(kernel_wider_than_what_padding_leaves_reads_zeros)
{
    const struct conv2d conv = {1, 1, 1, 1, 3, 3, 5, 5, 1, 1, 3, 3};
    float in[1] = {2.0f}, weight[25], out[9];
    for (size_t i = 0; i < 25; i++)
        weight[i] = (float)i;
    struct conv2d_fixture fixture = conv2d_fixture_make(&conv, weight, kernels_select());
    conv2d_fixture_forward(out, in, 1, NULL, &fixture);
    /* Output (oy, ox) reads the only pixel through tap (3 - oy, 3 - ox). */
    for (size_t oy = 0; oy < 3; oy++)
        for (size_t ox = 0; ox < 3; ox++)
            assert_true(out[oy * 3 + ox] == 2.0f * (float)((3 - oy) * 5 + 3 - ox));
    conv2d_fixture_release(&fixture);
}

/* Deep convolutions, whose sums are taken in pieces, and one with many images per group. */
static const struct conv2d sizes[] = {
    {40, 6, 5, 7, 6, 5, 3, 3, 1, 1, 1, 1},
    {3, 4, 4, 18, 1, 1, 4, 4, 1, 1, 0, 0},
    {150, 2, 2, 33, 1, 1, 2, 2, 1, 1, 0, 0},
};

static void check_alone(const struct conv2d *conv, const struct kernels *kernels)
{
    size_t in_elements = conv2d_in_elements(conv), out_elements = conv2d_out_elements(conv);
    size_t weights = conv->out_channels * conv2d_depth(conv);
    float *in = allocate(IMAGES * in_elements), *weight = allocate(weights);
    float *together = allocate(IMAGES * out_elements), *alone = allocate(out_elements);
    fill_numbers(in, IMAGES * in_elements, 1);
    fill_numbers(weight, weights, 2);
    struct conv2d_fixture fixture = conv2d_fixture_make(conv, weight, kernels);
    conv2d_fixture_forward(together, in, IMAGES, weight, &fixture);
    for (size_t i = 0; i < IMAGES; i++) {
        conv2d_fixture_forward(alone, in + i * in_elements, 1, weight, &fixture);
        assert_memory_equal(alone, together + i * out_elements, out_elements * sizeof *alone);
    }
    conv2d_fixture_release(&fixture);
    free(in);
    free(weight);
    free(together);
    free(alone);
}

TEST(an_image_gets_the_same_bits_alone_and_among_others)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            check_alone(&sizes[i], kernels_at(k));
}

TEST(groups_hold_one_image_to_sixteen)
{
    static const struct {
        struct conv2d conv;
        size_t group;
    } cases[] = {
        {{1, 28, 28, 1, 28, 28, 3, 3, 1, 1, 1, 1}, 1},
        {{1, 8, 8, 1, 8, 8, 3, 3, 1, 1, 1, 1}, 1},
        {{1, 7, 9, 1, 7, 9, 3, 3, 1, 1, 1, 1}, 2},
        {{1, 3, 3, 1, 1, 1, 3, 3, 1, 1, 0, 0}, CONV2D_DIRECT_MAX_GROUP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conv2d_direct_tables tables;
        assert_true(conv2d_direct_tables_init(&tables, &cases[i].conv));
        assert_int_equal(tables.group, cases[i].group);
        assert_int_equal(conv2d_direct_scratch_floats(&cases[i].conv, &tables),
                         i == 3 ? 0 : tables.group * conv2d_padded_elements(&cases[i].conv));
        conv2d_direct_tables_release(&tables);
        conv2d_direct_tables_release(&tables);
    }
}

TEST_MAIN(cmocka_unit_test(forward_matches_pytorch_on_all_kernels),
          cmocka_unit_test(kernel_wider_than_what_padding_leaves_reads_zeros),
          cmocka_unit_test(an_image_gets_the_same_bits_alone_and_among_others),
          cmocka_unit_test(groups_hold_one_image_to_sixteen))
