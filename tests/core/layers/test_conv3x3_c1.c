#include "core/layers/conv3x3_c1.h"

#include <math.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/support/convolution_case.h"
#include "tests/support/golden_conv2d.h"
#include "tests/test.h"

#define IMAGES 2

static const struct conv2d sizes[] = {
    {1, 28, 28, 16, 28, 28, 3, 3, 1, 1, 1, 1}, {1, 28, 28, 32, 26, 26, 3, 3, 1, 1, 0, 0},
    {1, 5, 6, 1, 5, 6, 3, 3, 1, 1, 1, 1},      {1, 7, 4, 17, 5, 4, 3, 3, 1, 1, 0, 1},
    {1, 3, 3, 50, 1, 1, 3, 3, 1, 1, 0, 0},     {1, 1, 4, 8, 3, 6, 3, 3, 1, 1, 2, 2},
};

#define SIZES (sizeof sizes / sizeof *sizes)

/* Convolution, ReLU and pooling one after the other. */
static float *in_steps(const struct convolution_case *test, const struct kernels *kernels)
{
    const struct conv2d *conv = &test->sizes;
    size_t elements = conv2d_out_elements(conv);
    struct conv2d_fixture fixture = conv2d_fixture_make(conv, test->weight, kernels);
    float *out = array_guarded(test->images * elements);
    conv2d_fixture_forward(out, test->in, test->images, test->bias, &fixture);
    conv2d_fixture_release(&fixture);
    if (test->relu)
        kernels->relu(out, out, test->images * elements);
    if (!test->pool)
        return out;
    const struct maxpool2d pool = {.channels = conv->out_channels,
                                   .in_height = conv->out_height,
                                   .in_width = conv->out_width,
                                   .out_height = conv->out_height / 2,
                                   .out_width = conv->out_width / 2,
                                   .kernel_height = 2,
                                   .kernel_width = 2,
                                   .stride_height = 2,
                                   .stride_width = 2};
    float *pooled = array_guarded(test->images * convolution_case_out_elements(test));
    kernels->maxpool2d(pooled, out, &pool, test->images);
    array_free(out);
    return pooled;
}

static void check(const struct conv2d *conv, bool relu, bool pool, const struct kernels *kernels)
{
    struct convolution_case test = convolution_case_make(conv, IMAGES, relu, pool);
    size_t count = IMAGES * convolution_case_out_elements(&test);
    struct conv3x3_c1_layer layer;
    assert_true(conv3x3_c1_layer_fits(conv));
    conv3x3_c1_layer_init(&layer, conv, relu, pool);
    assert_int_equal(layer.out_elements, convolution_case_out_elements(&test));
    size_t packed_floats = conv3x3_c1_layer_packed_floats(&layer);
    size_t scratch_floats = conv3x3_c1_layer_scratch_floats(&layer);
    float *packed = array_guarded(packed_floats), *scratch = array_guarded(scratch_floats);
    float *out = array_guarded(count), *expected = in_steps(&test, kernels);
    conv3x3_c1_layer_pack(packed, test.weight, &layer);
    conv3x3_c1_layer_forward(out, test.in, IMAGES, packed, test.bias, &layer, scratch, kernels);
    assert_memory_equal(out, expected, count * sizeof *out);
    assert_guards(out, count);
    assert_guards(packed, packed_floats);
    assert_guards(scratch, scratch_floats);
    array_free(packed);
    array_free(scratch);
    array_free(out);
    array_free(expected);
    convolution_case_free(&test);
}

TEST(gives_the_bits_of_convolution_relu_and_pooling)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < SIZES; i++)
            for (size_t with = 0; with < 4; with++)
                if (with < 2 || (sizes[i].out_height > 1 && sizes[i].out_width > 1))
                    check(&sizes[i], with % 2, with / 2, kernels_at(k));
}

TEST(nan_passes_relu_and_pooling)
{
    const struct conv2d conv = {1, 4, 4, 3, 2, 2, 3, 3, 1, 1, 0, 0};
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t at = 0; at < 16; at++) {
            struct convolution_case test = convolution_case_make(&conv, 1, true, true);
            struct conv3x3_c1_layer layer;
            float packed[9 * KERNELS_SLICE], out[3];
            conv3x3_c1_layer_init(&layer, &conv, true, true);
            conv3x3_c1_layer_pack(packed, test.weight, &layer);
            test.in[at] = NAN;
            conv3x3_c1_layer_forward(out, test.in, 1, packed, test.bias, &layer, NULL,
                                     kernels_at(k));
            for (size_t c = 0; c < 3; c++)
                assert_true(isnan(out[c]));
            convolution_case_free(&test);
        }
}

TEST(other_convolutions_do_not_fit)
{
    static const struct conv2d others[] = {
        {2, 8, 8, 4, 6, 6, 3, 3, 1, 1, 0, 0}, {1, 8, 8, 4, 4, 4, 5, 5, 1, 1, 0, 0},
        {1, 8, 8, 4, 6, 4, 3, 5, 1, 1, 0, 0}, {1, 8, 8, 4, 3, 6, 3, 3, 2, 1, 0, 0},
        {1, 8, 8, 4, 6, 3, 3, 3, 1, 2, 0, 0},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(conv3x3_c1_layer_fits(&others[i]));
}

TEST_MAIN(cmocka_unit_test(gives_the_bits_of_convolution_relu_and_pooling),
          cmocka_unit_test(nan_passes_relu_and_pooling),
          cmocka_unit_test(other_convolutions_do_not_fit))
