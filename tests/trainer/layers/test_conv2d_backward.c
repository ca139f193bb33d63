#include "trainer/layers/conv2d_backward.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/model.h"

/* Sums of at most some hundred products of numbers up to 1, in another order and precision. */
#define TOLERANCE 1e-4

static const struct conv2d cases[] = {
    /* channels, picture; channels, picture; kernel, stride, padding */
    {1, 9, 9, 5, 7, 7, 3, 3, 1, 1, 0, 0},   /* one channel, columns that fill no vector */
    {16, 6, 5, 32, 4, 3, 3, 3, 1, 1, 0, 0}, /* whole vectors */
    {3, 5, 5, 17, 5, 5, 3, 3, 1, 1, 1, 1},  /* padding */
    {5, 9, 8, 66, 5, 3, 5, 2, 2, 3, 2, 1},  /* stride, padding, more than one panel */
    {70, 1, 1, 10, 1, 1, 1, 1, 1, 1, 0, 0}, /* a dense layer */
    {8, 5, 5, 130, 1, 1, 5, 5, 1, 1, 0, 0}, /* a dense layer on a picture */
    {33, 3, 3, 48, 1, 1, 3, 3, 1, 1, 0, 0}, /* one pixel, of many images at a time */
};

#define CASES (sizeof cases / sizeof *cases)

/* A convolution with all that it reads, and what plain loops make of it. */
struct fixture {
    const struct conv2d *conv;
    const struct kernels *kernels;
    size_t images;
    struct conv2d_tables tables;
    struct conv2d_taps taps;
    float *in, *weight, *grad_out;
    double *grad_in, *grad_weight; /* expected; the weight's as OIHW */
};

static float *numbers(size_t count, uint64_t start)
{
    float *out = calloc(count + KERNELS_SLACK, sizeof *out);
    assert_non_null(out);
    fill_numbers(out, count, start);
    return out;
}

/* Adds what one tap of one output does to its input and weight. */
static void expect_tap(struct fixture *fixture, size_t image, size_t oy, size_t ox, size_t ky,
                       size_t kx)
{
    const struct conv2d *conv = fixture->conv;
    size_t y = oy * conv->stride_height + ky - conv->padding_height;
    size_t x = ox * conv->stride_width + kx - conv->padding_width;
    if (y >= conv->in_height || x >= conv->in_width) /* below zero wraps */
        return;
    for (size_t k = 0; k < conv->out_channels; k++)
        for (size_t c = 0; c < conv->in_channels; c++) {
            size_t in =
                ((image * conv->in_height + y) * conv->in_width + x) * conv->in_channels + c;
            size_t out =
                ((image * conv->out_height + oy) * conv->out_width + ox) * conv->out_channels + k;
            size_t weight =
                ((k * conv->in_channels + c) * conv->kernel_height + ky) * conv->kernel_width + kx;
            double grad = fixture->grad_out[out];
            fixture->grad_in[in] += grad * fixture->weight[weight];
            fixture->grad_weight[weight] += grad * fixture->in[in];
        }
}

static void expect(struct fixture *fixture)
{
    const struct conv2d *conv = fixture->conv;
    for (size_t image = 0; image < fixture->images; image++)
        for (size_t oy = 0; oy < conv->out_height; oy++)
            for (size_t ox = 0; ox < conv->out_width; ox++)
                for (size_t ky = 0; ky < conv->kernel_height; ky++)
                    for (size_t kx = 0; kx < conv->kernel_width; kx++)
                        expect_tap(fixture, image, oy, ox, ky, kx);
}

static void open_fixture(struct fixture *fixture, const struct conv2d *conv,
                         const struct kernels *kernels, size_t images)
{
    size_t weights = conv2d_depth(conv) * conv->out_channels;
    *fixture = (struct fixture){.conv = conv, .kernels = kernels, .images = images};
    assert_true(conv2d_tables_init(&fixture->tables, conv));
    assert_true(conv2d_taps_init(&fixture->taps, conv, &fixture->tables));
    fixture->in = numbers(images * conv2d_in_elements(conv), 1);
    fixture->weight = numbers(weights, 2);
    fixture->grad_out = numbers(images * conv2d_out_elements(conv), 3);
    fixture->grad_in = calloc(images * conv2d_in_elements(conv), sizeof *fixture->grad_in);
    fixture->grad_weight = calloc(weights, sizeof *fixture->grad_weight);
    assert_non_null(fixture->grad_in);
    assert_non_null(fixture->grad_weight);
    expect(fixture);
}

static void close_fixture(struct fixture *fixture)
{
    conv2d_taps_release(&fixture->taps);
    conv2d_taps_release(&fixture->taps);
    conv2d_tables_release(&fixture->tables);
    free(fixture->in);
    free(fixture->weight);
    free(fixture->grad_out);
    free(fixture->grad_in);
    free(fixture->grad_weight);
}

static void check_input(struct fixture *fixture)
{
    const struct conv2d *conv = fixture->conv;
    size_t taps = conv->kernel_height * conv->kernel_width;
    size_t count = fixture->images * conv2d_in_elements(conv);
    float *packed = numbers(conv2d_backward_packed_floats(conv, fixture->kernels), 4);
    float *grad_in = numbers(count, 5); /* is written, not added to */
    for (size_t tap = 0; tap < taps; tap++)
        conv2d_backward_pack(packed, fixture->weight, tap, conv, fixture->kernels);
    conv2d_backward_input(grad_in, fixture->grad_out, fixture->images, packed, conv, &fixture->taps,
                          fixture->kernels);
    for (size_t i = 0; i < count; i++)
        assert_float_equal(grad_in[i], fixture->grad_in[i], TOLERANCE);
    free(grad_in);
    free(packed);
}

/* `times` is how often the gradient stands in the array: 1 written, 2 added once more. */
static void assert_weights(const struct fixture *fixture, const float *grad_weight, double times)
{
    const struct conv2d *conv = fixture->conv;
    size_t taps = conv->kernel_height * conv->kernel_width, depth = conv2d_depth(conv);
    for (size_t d = 0; d < depth; d++)
        for (size_t k = 0; k < conv->out_channels; k++) {
            size_t tap = d / conv->in_channels, c = d % conv->in_channels;
            assert_float_equal(grad_weight[d * conv->out_channels + k],
                               times * fixture->grad_weight[k * depth + c * taps + tap],
                               times * TOLERANCE);
        }
}

static void check_weight(struct fixture *fixture)
{
    const struct conv2d *conv = fixture->conv;
    const struct train_kernels *kernels = train_kernels_for(fixture->kernels);
    float *scratch = numbers(conv2d_scratch_floats(conv, &fixture->tables) + 1, 6);
    float *grad_weight = numbers(conv2d_depth(conv) * conv->out_channels, 7);
    conv2d_backward_weight(grad_weight, fixture->grad_out, fixture->in, fixture->images, false,
                           conv, &fixture->tables, scratch, kernels);
    assert_weights(fixture, grad_weight, 1.0);
    conv2d_backward_weight(grad_weight, fixture->grad_out, fixture->in, fixture->images, true, conv,
                           &fixture->tables, scratch, kernels);
    assert_weights(fixture, grad_weight, 2.0);
    free(grad_weight);
    free(scratch);
}

typedef void check_function(struct fixture *fixture);

/* Few images, and more than the tables describe at a time. */
static void check_all(check_function *check)
{
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t i = 0; i < CASES; i++)
            for (size_t images = 1; images <= 19; images += 6) {
                struct fixture fixture;
                open_fixture(&fixture, &cases[i], kernels_at(table), images);
                check(&fixture);
                close_fixture(&fixture);
            }
}

static void the_inputs_gradient_is_what_plain_loops_give(void **state)
{
    (void)state;
    check_all(check_input);
}

static void the_weights_gradient_is_what_plain_loops_give(void **state)
{
    (void)state;
    check_all(check_weight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_inputs_gradient_is_what_plain_loops_give),
        cmocka_unit_test(the_weights_gradient_is_what_plain_loops_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
