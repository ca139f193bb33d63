#include "core/layers/conv2d_fused.h"

#include "tests/support/arrays.h"
#include "tests/support/convolution_case.h"
#include "tests/test.h"

#define IMAGES 3

/* Roundings of a term besides one per product, and the larger magnitude of Winograd's terms.
 * test_winograd.c has the exact bound. */
#define SLACK 40.0

static const struct {
    struct conv2d sizes;
    enum conv2d_method method;
} cases[] = {
    {{1, 28, 28, 16, 28, 28, 3, 3, 1, 1, 1, 1}, CONV2D_METHOD_3X3_C1},
    {{16, 14, 14, 32, 12, 12, 3, 3, 1, 1, 0, 0}, CONV2D_METHOD_WINOGRAD},
    {{64, 5, 5, 64, 3, 3, 3, 3, 1, 1, 0, 0}, CONV2D_METHOD_DIRECT},
    {{6, 9, 9, 10, 5, 5, 5, 5, 1, 1, 0, 0}, CONV2D_METHOD_DIRECT},
    {{20, 1, 1, 10, 1, 1, 1, 1, 1, 1, 0, 0}, CONV2D_METHOD_DIRECT},
};

#define CASES (sizeof cases / sizeof *cases)

static void assert_out(const float *out, const struct convolution_case *test)
{
    size_t elements = convolution_case_out_elements(test), channels = test->sizes.out_channels;
    for (size_t i = 0; i < test->images * elements; i++) {
        size_t at = i % elements, x = at / channels % convolution_case_width(test);
        size_t y = at / channels / convolution_case_width(test);
        double magnitude, expected = convolution_case_expected(&magnitude, test, i / elements, y, x,
                                                               at % channels);
        double bound = ((double)conv2d_depth(&test->sizes) + SLACK) * ROUNDING * magnitude;
        assert_within((double)out[i], expected, bound, "element", i);
    }
}

static void check(const struct conv2d *sizes, bool relu, bool pool, const struct kernels *kernels)
{
    struct convolution_case test = convolution_case_make(sizes, IMAGES, relu, pool);
    size_t count = IMAGES * convolution_case_out_elements(&test);
    struct conv2d_fused layer;
    assert_true(conv2d_fused_init(&layer, sizes, relu, pool, test.weight, test.bias, kernels));
    assert_int_equal(conv2d_fused_out_elements(&layer), convolution_case_out_elements(&test));
    size_t scratch_floats = conv2d_fused_scratch_floats(&layer);
    float *scratch = array_guarded(scratch_floats), *out = array_guarded(count);
    conv2d_fused_forward(out, test.in, IMAGES, &layer, scratch, kernels);
    assert_out(out, &test);
    assert_guards(out, count);
    assert_guards(scratch, scratch_floats);
    array_free(scratch);
    array_free(out);
    conv2d_fused_release(&layer);
    conv2d_fused_release(&layer);
    convolution_case_free(&test);
}

TEST(all_methods_give_plain_sums)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < CASES; i++)
            for (size_t with = 0; with < 4; with++)
                if (with < 2 || conv2d_fused_takes_pool(&cases[i].sizes, kernels_select()))
                    check(&cases[i].sizes, with % 2, with / 2, kernels_at(k));
}

TEST(the_method_follows_from_the_sizes)
{
    for (size_t i = 0; i < CASES; i++) {
        struct convolution_case test = convolution_case_make(&cases[i].sizes, 1, false, false);
        struct conv2d_fused layer;
        assert_true(conv2d_fused_init(&layer, &cases[i].sizes, false, false, test.weight, NULL,
                                      kernels_select()));
        assert_int_equal(layer.method, cases[i].method);
        for (size_t k = 0; k < cases[i].sizes.out_channels; k++)
            assert_true(layer.bias[k] == 0.0f);
        conv2d_fused_release(&layer);
        convolution_case_free(&test);
    }
}

TEST_MAIN(cmocka_unit_test(all_methods_give_plain_sums),
          cmocka_unit_test(the_method_follows_from_the_sizes))
