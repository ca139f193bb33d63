#include "core/kernels/kernels.h"

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

/*
 * A sum of n products of numbers up to 1 errs by at most 2^-24 n times its largest partial sum, n:
 * that is 0.01 for the deepest here; random signs keep it far below.
 */
#define TOLERANCE 1e-4

#define MAX_ROWS    70
#define MAX_COLUMNS 140
#define MAX_DEPTH   300
#define UNTOUCHED   77.0f

/* One more float in front, so that nothing is aligned. */
static float in[1 + 8 * MAX_ROWS + 3 * MAX_DEPTH];
static float matrix[MAX_DEPTH * MAX_COLUMNS * 2];
static float bias[1 + MAX_COLUMNS];
static float out[1 + MAX_ROWS * (MAX_COLUMNS + 1) + KERNELS_SLACK];

static int fill(void **state)
{
    (void)state;
    fill_numbers(in, sizeof in / sizeof *in, 1);
    fill_numbers(matrix, sizeof matrix / sizeof *matrix, 2);
    fill_numbers(bias, sizeof bias / sizeof *bias, 3);
    return 0;
}

/* A product with two segments; rows of the result lie `columns` + 1 apart, in reverse order. */
struct product {
    struct multiply job;
    float *packed;
    uint32_t in_at[MAX_ROWS], out_at[MAX_ROWS], segments[2];
};

static void make_product(struct product *product, const struct kernels *kernels, size_t rows,
                         size_t columns, size_t depth)
{
    product->packed = calloc(kernels->packed_floats(2 * depth, columns), sizeof(float));
    assert_non_null(product->packed);
    for (size_t s = 0; s < 2; s++) {
        const struct pack job = {.source = matrix + s * depth * columns,
                                 .row_step = columns,
                                 .column_step = 1,
                                 .first_row = s * depth,
                                 .rows = depth,
                                 .total_rows = 2 * depth,
                                 .columns = columns};
        kernels->pack(product->packed, &job);
    }
    for (size_t r = 0; r < rows; r++) {
        product->in_at[r] = (uint32_t)(r * 7);
        product->out_at[r] = (uint32_t)((rows - 1 - r) * (columns + 1));
    }
    product->segments[0] = 0;
    product->segments[1] = (uint32_t)depth + 3;
    product->job = (struct multiply){.out = out + 1,
                                     .in = in + 1,
                                     .matrix = product->packed,
                                     .start = bias + 1,
                                     .out_at = product->out_at,
                                     .in_at = product->in_at,
                                     .segments = product->segments,
                                     .rows = rows,
                                     .columns = columns,
                                     .segment_count = 2,
                                     .depth = depth};
}

static double expected_at(const struct product *product, size_t row, size_t column)
{
    const struct multiply *job = &product->job;
    double sum = 0.0;
    for (size_t s = 0; s < 2; s++)
        for (size_t d = 0; d < job->depth; d++)
            sum += (double)job->in[product->in_at[row] + product->segments[s] + d] *
                   matrix[(s * job->depth + d) * job->columns + column];
    return sum;
}

static void assert_product(const struct product *product, double times, bool with_bias)
{
    const struct multiply *job = &product->job;
    for (size_t r = 0; r < job->rows; r++) {
        const float *row = job->out + product->out_at[r];
        for (size_t j = 0; j < job->columns; j++)
            assert_float_equal(row[j],
                               times * expected_at(product, r, j) +
                                   (with_bias ? (double)bias[1 + j] : 0.0),
                               times * TOLERANCE);
        assert_true(row[job->columns] == UNTOUCHED);
    }
}

static void set_untouched(void)
{
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        out[i] = UNTOUCHED;
}

static void check_multiply(const struct kernels *kernels, size_t rows, size_t columns, size_t depth)
{
    struct product product;
    make_product(&product, kernels, rows, columns, depth);
    set_untouched();
    kernels->multiply(&product.job);
    assert_product(&product, 1.0, true);
    product.job.add = true;
    kernels->multiply(&product.job);
    assert_product(&product, 2.0, true);
    product.job.add = false;
    product.job.start = NULL;
    kernels->multiply(&product.job);
    assert_product(&product, 1.0, false);
    free(product.packed);
}

static void multiply_is_what_plain_loops_give(void **state)
{
    (void)state;
    static const size_t columns[] = {1, 4, 5, 8, 10, 16, 17, 32, 47, 64, 80, 130, MAX_COLUMNS};
    static const size_t depths[] = {1, 3, 48, 129, MAX_DEPTH};
    for (size_t table = 0; kernels_at(table) != NULL; table++) {
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            for (size_t rows = 1; rows <= 20; rows++)
                check_multiply(kernels_at(table), rows, columns[c], 9);
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
            check_multiply(kernels_at(table), MAX_ROWS, 70, depths[d]);
    }
}

static void a_row_gets_the_same_bits_alone_and_among_others(void **state)
{
    (void)state;
    float together[MAX_COLUMNS];
    for (size_t table = 0; kernels_at(table) != NULL; table++) {
        struct product product;
        make_product(&product, kernels_at(table), 23, 70, 31);
        kernels_at(table)->multiply(&product.job);
        for (size_t r = 0; r < 23; r++) {
            float *row = out + 1 + product.out_at[r];
            memcpy(together, row, 70 * sizeof *row);
            struct multiply job = product.job;
            job.rows = 1;
            job.in_at += r;
            job.out_at += r;
            kernels_at(table)->multiply(&job);
            assert_memory_equal(row, together, 70 * sizeof *row);
        }
        free(product.packed);
    }
}

static void packing_fills_up_with_zeros(void **state)
{
    (void)state;
    const float one = 1.0f;
    const struct pack job = {.source = &one, .rows = 1, .total_rows = 1, .columns = 1};
    for (size_t table = 0; kernels_at(table) != NULL; table++) {
        float packed[KERNELS_SLACK];
        size_t floats = kernels_at(table)->packed_floats(1, 1);
        assert_in_range(floats, 1, KERNELS_SLACK);
        kernels_at(table)->pack(packed, &job);
        for (size_t i = 0; i < floats; i++)
            assert_true(packed[i] == (i == 0 ? 1.0f : 0.0f));
    }
}

static void scale_shift_is_its_formula(void **state)
{
    (void)state;
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t channels = 1; channels <= 40; channels++) {
            set_untouched();
            kernels_at(table)->scale_shift(out + 1, in + 1, bias, matrix, 9, channels);
            for (size_t i = 0; i < 9 * channels; i++)
                assert_float_equal(out[1 + i],
                                   (double)in[1 + i] * bias[i % channels] + matrix[i % channels],
                                   1e-6);
            assert_true(out[1 + 9 * channels] == UNTOUCHED);
        }
}

static void relu_keeps_what_is_above_zero_and_nan(void **state)
{
    (void)state;
    const float values[] = {-1.0f, 0.0f, -0.0f, 2.0f, NAN, INFINITY, -INFINITY, 1e-40f, 3.0f};
    for (size_t table = 0; kernels_at(table) != NULL; table++) {
        float result[9];
        kernels_at(table)->relu(result, values, 9);
        for (size_t i = 0; i < 9; i++)
            assert_true(isnan(values[i]) ? isnan(result[i]) : result[i] == fmaxf(values[i], 0.0f));
    }
}

static void check_pool(const struct safetensors *golden, const char *name,
                       const struct kernels *kernels, struct maxpool2d pool)
{
    const struct safetensor *from = golden_get(golden, name, "in");
    const struct safetensor *result = golden_get(golden, name, "out");
    pool.channels = from->shape[1];
    pool.in_height = from->shape[2];
    pool.in_width = from->shape[3];
    pool.out_height = result->shape[2];
    pool.out_width = result->shape[3];
    float *pictures = golden_nhwc(from), *expected = golden_nhwc(result);
    kernels->maxpool2d(out, pictures, &pool, from->shape[0]);
    assert_memory_equal(out, expected, result->count * sizeof *out);
    free(expected);
    free(pictures);
}

static void maxpool2d_matches_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct maxpool2d square = {
        .kernel_height = 2, .kernel_width = 2, .stride_height = 2, .stride_width = 2};
    const struct maxpool2d overlapping = {
        .kernel_height = 3, .kernel_width = 2, .stride_height = 2, .stride_width = 3};
    for (size_t table = 0; kernels_at(table) != NULL; table++) {
        check_pool(golden, "maxpool2d_even", kernels_at(table), square);
        check_pool(golden, "maxpool2d_ties", kernels_at(table), square);
        check_pool(golden, "maxpool2d_overlapping", kernels_at(table), overlapping);
    }
    safetensors_destroy(golden);
}

static void maxpool2d_gives_nan_where_a_window_holds_one(void **state)
{
    (void)state;
    const struct maxpool2d pool = {20, 2, 2, 1, 1, 2, 2, 2, 2};
    for (size_t table = 0; kernels_at(table) != NULL; table++)
        for (size_t at = 0; at < 4; at++) {
            float window[80], result[20];
            for (size_t i = 0; i < 80; i++)
                window[i] = (float)i;
            window[at * 20 + 3] = NAN;
            window[at * 20 + 19] = NAN;
            kernels_at(table)->maxpool2d(result, window, &pool, 1);
            for (size_t c = 0; c < 20; c++)
                assert_true(c == 3 || c == 19 ? isnan(result[c]) : result[c] == (float)(60 + c));
        }
}

static void the_selected_table_is_the_first_and_the_last_is_portable(void **state)
{
    (void)state;
    size_t count = 0;
    assert_ptr_equal(kernels_select(), kernels_at(0));
    while (kernels_at(count) != NULL)
        count++;
    assert_true(count > 0);
#ifdef __x86_64__
    assert_string_equal(kernels_at(count - 1)->name, "portable");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiply_is_what_plain_loops_give),
        cmocka_unit_test(a_row_gets_the_same_bits_alone_and_among_others),
        cmocka_unit_test(packing_fills_up_with_zeros),
        cmocka_unit_test(scale_shift_is_its_formula),
        cmocka_unit_test(relu_keeps_what_is_above_zero_and_nan),
        cmocka_unit_test(maxpool2d_matches_pytorch),
        cmocka_unit_test(maxpool2d_gives_nan_where_a_window_holds_one),
        cmocka_unit_test(the_selected_table_is_the_first_and_the_last_is_portable),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
