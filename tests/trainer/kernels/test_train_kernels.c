#include "trainer/kernels/train_kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/golden.h"
#include "tests/support/model.h"

/* Sums of at most 200 products of numbers up to 1, in another order and precision. */
#define TOLERANCE 1e-4

/* One, a tail, whole vectors of every width, more than a panel. */
static const size_t channel_counts[] = {1, 3, 4, 8, 10, 16, 17, 31, 64, 70};

#define CHANNEL_COUNTS (sizeof channel_counts / sizeof *channel_counts)
#define MAX_CHANNELS   70
#define PIXELS         37 /* more than are summed in float at a time */
#define COUNT          (PIXELS * MAX_CHANNELS)

static float a[COUNT + KERNELS_SLACK], b[COUNT + KERNELS_SLACK], c[COUNT + KERNELS_SLACK];
static float out[COUNT + KERNELS_SLACK];
static float factor[MAX_CHANNELS], slope[MAX_CHANNELS], term[MAX_CHANNELS];

static int fill(void **state)
{
    (void)state;
    fill_numbers(a, COUNT, 1);
    fill_numbers(b, COUNT, 2);
    fill_numbers(c, COUNT, 3);
    fill_numbers(factor, MAX_CHANNELS, 4);
    fill_numbers(slope, MAX_CHANNELS, 5);
    fill_numbers(term, MAX_CHANNELS, 6);
    return 0;
}

typedef void check_function(const struct train_kernels *kernels, size_t channels);

static void check_all(check_function *check)
{
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t i = 0; i < CHANNEL_COUNTS; i++)
            check(train_kernels_for(kernels_at(table)), channel_counts[i]);
}

static void every_table_has_one_for_training(void **state)
{
    (void)state;
    for (size_t i = 0; kernels_at(i) != NULL; i++)
        assert_string_equal(train_kernels_for(kernels_at(i))->name, kernels_at(i)->name);
}

/* in: rows of 2 segments, each `depth` long, that overlap those of the next row. */
static void check_outer(const struct train_kernels *kernels, size_t columns)
{
    static float products[40 * MAX_CHANNELS + KERNELS_SLACK];
    static const uint32_t segments[] = {0, 30};
    for (size_t depth = 1; depth <= 20; depth += depth < 14 ? 1 : 6) {
        uint32_t in_at[100], grad_at[100];
        for (size_t r = 0; r < 100; r++) {
            in_at[r] = (uint32_t)(r * 3);
            grad_at[r] = (uint32_t)((r * 7 % 36) * columns);
        }
        struct outer job = {.out = products,
                            .in = a,
                            .grad = b,
                            .in_at = in_at,
                            .grad_at = grad_at,
                            .segments = segments,
                            .rows = 100,
                            .columns = columns,
                            .segment_count = 2,
                            .depth = depth};
        kernels->outer(&job);
        job.add = true;
        kernels->outer(&job);
        for (size_t d = 0; d < 2 * depth; d++)
            for (size_t j = 0; j < columns; j++) {
                double sum = 0.0;
                for (size_t r = 0; r < 100; r++)
                    sum +=
                        (double)a[in_at[r] + segments[d / depth] + d % depth] * b[grad_at[r] + j];
                assert_float_equal(products[d * columns + j], 2.0 * sum, 2.0 * TOLERANCE);
            }
    }
}

static void outer_adds_up_products(void **state)
{
    (void)state;
    check_all(check_outer);
}

static void check_sums(const struct train_kernels *kernels, size_t channels)
{
    double total[MAX_CHANNELS], sum[MAX_CHANNELS], squares[MAX_CHANNELS];
    for (size_t i = 0; i < channels; i++)
        total[i] = sum[i] = squares[i] = 1.0; /* they are added to */
    kernels->totals(total, a, PIXELS, channels);
    kernels->sums(sum, squares, a, PIXELS, channels);
    for (size_t i = 0; i < channels; i++) {
        double expected = 1.0, expected_squares = 1.0;
        for (size_t pixel = 0; pixel < PIXELS; pixel++) {
            double x = a[pixel * channels + i];
            expected += x;
            expected_squares += x * x;
        }
        assert_float_equal(total[i], expected, TOLERANCE);
        assert_float_equal(sum[i], expected, TOLERANCE);
        assert_float_equal(squares[i], expected_squares, TOLERANCE);
    }
}

static void sums_are_those_of_each_channel(void **state)
{
    (void)state;
    check_all(check_sums);
}

static void check_normalise(const struct train_kernels *kernels, size_t channels)
{
    for (int relu = 0; relu < 2; relu++) {
        out[PIXELS * channels] = 77.0f;
        kernels->normalise(out, a, factor, term, PIXELS, channels, relu);
        for (size_t i = 0; i < PIXELS * channels; i++) {
            double expected = (double)a[i] * factor[i % channels] + term[i % channels];
            assert_float_equal(out[i], relu ? fmax(expected, 0.0) : expected, 1e-6);
        }
        assert_true(out[PIXELS * channels] == 77.0f);
    }
}

static void normalise_scales_shifts_and_rectifies(void **state)
{
    (void)state;
    check_all(check_normalise);
}

static void normalise_passes_nan(void **state)
{
    (void)state;
    const float nan = NAN, one = 1.0f, zero = 0.0f;
    for (size_t i = 0; kernels_at(i) != NULL; i++) {
        train_kernels_for(kernels_at(i))->normalise(out, &nan, &one, &zero, 1, 1, true);
        assert_true(isnan(out[0]));
    }
}

/* The gradient that passes a ReLU whose output is b. */
static double passed(size_t i, const float *outputs)
{
    return outputs == NULL || outputs[i] > 0.0f ? (double)a[i] : 0.0;
}

static void check_gradient_sums(const struct train_kernels *kernels, size_t channels)
{
    for (int relu = 0; relu < 2; relu++) {
        const float *outputs = relu ? b : NULL;
        double sum[MAX_CHANNELS] = {0.0}, product[MAX_CHANNELS] = {0.0};
        kernels->gradient_sums(sum, product, a, outputs, c, term, PIXELS, channels);
        for (size_t channel = 0; channel < channels; channel++) {
            double expected = 0.0, expected_product = 0.0;
            for (size_t i = channel; i < PIXELS * channels; i += channels) {
                expected += passed(i, outputs);
                expected_product += passed(i, outputs) * ((double)c[i] - term[channel]);
            }
            assert_float_equal(sum[channel], expected, TOLERANCE);
            assert_float_equal(product[channel], expected_product, TOLERANCE);
        }
    }
}

static void gradient_sums_are_those_that_pass_the_relu(void **state)
{
    (void)state;
    check_all(check_gradient_sums);
}

static void check_normalise_backward(const struct train_kernels *kernels, size_t channels)
{
    for (int relu = 0; relu < 2; relu++) {
        const float *outputs = relu ? b : NULL;
        memcpy(out, a, sizeof out); /* in place */
        kernels->normalise_backward(out, out, outputs, c, factor, slope, term, PIXELS, channels);
        for (size_t i = 0; i < PIXELS * channels; i++)
            assert_float_equal(out[i],
                               passed(i, outputs) * factor[i % channels] +
                                   (double)c[i] * slope[i % channels] + term[i % channels],
                               1e-6);
        assert_true(out[PIXELS * channels] == a[PIXELS * channels]);
    }
}

static void normalise_backward_is_its_formula(void **state)
{
    (void)state;
    check_all(check_normalise_backward);
}

static void check_relu_backward(const struct train_kernels *kernels, size_t channels)
{
    kernels->relu_backward(out, a, b, PIXELS * channels);
    for (size_t i = 0; i < PIXELS * channels; i++)
        assert_true(out[i] == (b[i] > 0.0f ? a[i] : 0.0f));
}

static void relu_backward_passes_where_the_output_is_above_zero(void **state)
{
    (void)state;
    check_all(check_relu_backward);
}

static void check_maxpool2d(const struct safetensors *golden, const char *name,
                            const struct train_kernels *kernels, struct maxpool2d pool)
{
    const struct safetensor *in = golden_get(golden, name, "in");
    const struct safetensor *result = golden_get(golden, name, "out");
    pool.channels = in->shape[1];
    pool.in_height = in->shape[2];
    pool.in_width = in->shape[3];
    pool.out_height = result->shape[2];
    pool.out_width = result->shape[3];
    float *ins = golden_nhwc(in), *outs = golden_nhwc(result);
    float *grad_out = golden_nhwc(golden_get(golden, name, "grad_out"));
    float *expected = golden_nhwc(golden_get(golden, name, "grad_in"));
    float *grad_in = calloc(in->count + KERNELS_SLACK, sizeof *grad_in);
    assert_non_null(grad_in);
    fill_numbers(grad_in, in->count, 9); /* is written, not added to */
    kernels->maxpool2d_backward(grad_in, grad_out, ins, outs, &pool, in->shape[0]);
    assert_close(grad_in, expected, in->count, 1e-6);
    free(ins);
    free(outs);
    free(grad_out);
    free(expected);
    free(grad_in);
}

static void maxpool2d_backward_matches_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct maxpool2d square = {
        .kernel_height = 2, .kernel_width = 2, .stride_height = 2, .stride_width = 2};
    const struct maxpool2d overlapping = {
        .kernel_height = 3, .kernel_width = 2, .stride_height = 2, .stride_width = 3};
    for (size_t i = 0; kernels_at(i) != NULL; i++) {
        const struct train_kernels *kernels = train_kernels_for(kernels_at(i));
        check_maxpool2d(golden, "maxpool2d_even", kernels, square);
        check_maxpool2d(golden, "maxpool2d_ties", kernels, square);
        check_maxpool2d(golden, "maxpool2d_overlapping", kernels, overlapping);
    }
    safetensors_destroy(golden);
}

static void check_average(const struct train_kernels *kernels, size_t channels)
{
    memcpy(out, a, sizeof out);
    kernels->average(out, b, channels, 0.75f);
    for (size_t i = 0; i < channels; i++)
        assert_float_equal(out[i], 0.75 * (double)a[i] + 0.25 * (double)b[i], 1e-6);
    assert_true(out[channels] == a[channels]);
}

static void average_moves_a_part_of_the_way(void **state)
{
    (void)state;
    check_all(check_average);
}

/* One step by the formula of the header of trainer/adamw.h. */
static void check_adamw(const struct train_kernels *kernels, size_t channels)
{
    const struct adamw_step step = {.keep = 0.99f,
                                    .beta1 = 0.9f,
                                    .rest1 = 0.1f,
                                    .beta2 = 0.99f,
                                    .rest2 = 0.01f,
                                    .rate = 0.02f,
                                    .root_bias = 0.5f,
                                    .epsilon = 1e-3f};
    float mean[MAX_CHANNELS], square[MAX_CHANNELS];
    memcpy(out, a, sizeof out);
    for (size_t i = 0; i < channels; i++) {
        mean[i] = c[i];
        square[i] = fabsf(b[i]);
    }
    kernels->adamw(out, mean, square, b, channels, &step);
    for (size_t i = 0; i < channels; i++) {
        double m = 0.9 * (double)c[i] + 0.1 * (double)b[i];
        double v = 0.99 * fabs((double)b[i]) + 0.01 * (double)b[i] * (double)b[i];
        assert_float_equal(mean[i], m, 1e-6);
        assert_float_equal(square[i], v, 1e-6);
        assert_float_equal(out[i], 0.99 * (double)a[i] - 0.02 * m / (sqrt(v) / 0.5 + 1e-3), 1e-5);
    }
    assert_true(out[channels] == a[channels]);
}

static void adamw_is_its_formula(void **state)
{
    (void)state;
    check_all(check_adamw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_has_one_for_training),
        cmocka_unit_test(outer_adds_up_products),
        cmocka_unit_test(sums_are_those_of_each_channel),
        cmocka_unit_test(normalise_scales_shifts_and_rectifies),
        cmocka_unit_test(normalise_passes_nan),
        cmocka_unit_test(gradient_sums_are_those_that_pass_the_relu),
        cmocka_unit_test(normalise_backward_is_its_formula),
        cmocka_unit_test(relu_backward_passes_where_the_output_is_above_zero),
        cmocka_unit_test(maxpool2d_backward_matches_pytorch),
        cmocka_unit_test(average_moves_a_part_of_the_way),
        cmocka_unit_test(adamw_is_its_formula),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
