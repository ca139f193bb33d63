#include "core/kernels/kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/support/golden.h"
#include "tests/support/golden_maxpool2d.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* One rounding of a float, relative. */
#define ROUNDING 0x1p-24

/* Rows of `out` are further apart than they are long, so that writes between them are detected. */
#define GAP 5

/* Rows of `in` overlap, as those of a convolution do. */
#define IN_STEP 3

#define MAX_ROWS 27

static const size_t row_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, MAX_ROWS};
static const size_t column_counts[] = {1, 3, 4, 7, 8, 10, 15, 16, 17, 31, 32, 33, 48, 50, 64, 81};
static const size_t segment_counts[] = {1, 3};
static const size_t depths[] = {1, 2, 9, 64, 127, 128, 129, 300};

/* A multiplication, with the matrix before it is packed. */
struct product {
    struct multiply job;
    float *matrix; /* [columns][segment_count * depth]: packing transposes it */
    float *in, *out, *before, *packed, *start;
    uint32_t in_at[MAX_ROWS], out_at[MAX_ROWS], segments[3];
    size_t out_floats;
};

static size_t product_depth(const struct product *product)
{
    return product->job.segment_count * product->job.depth;
}

static void pack_rows(const struct kernels *kernels, struct product *product, size_t first,
                      size_t end)
{
    const struct pack pack = {
        .source = product->matrix + first,
        .row_step = 1,
        .column_step = product_depth(product),
        .first_row = first,
        .rows = end - first,
        .total_rows = product_depth(product),
        .columns = product->job.columns,
    };
    kernels->pack(product->packed, &pack);
}

static void place_rows(struct product *product)
{
    const struct multiply *job = &product->job;
    for (size_t r = 0; r < job->rows; r++) {
        product->in_at[r] = (uint32_t)((job->rows - 1 - r) * IN_STEP);
        product->out_at[r] = (uint32_t)(r * 7 % job->rows * (job->columns + GAP));
        if (job->rows % 7 == 0)
            product->out_at[r] = (uint32_t)(r * (job->columns + GAP));
    }
    for (size_t s = 0; s < job->segment_count; s++)
        product->segments[s] = (uint32_t)(s * (job->depth + 2));
}

static void make_product(struct product *product, const struct kernels *kernels,
                         const struct multiply *sizes)
{
    size_t depth = sizes->segment_count * sizes->depth;
    size_t in_floats = (sizes->rows - 1) * IN_STEP + depth + 2 * (sizes->segment_count - 1);
    *product = (struct product){.job = *sizes};
    product->out_floats = sizes->rows * (sizes->columns + GAP) - GAP;
    product->matrix = array_of_numbers(depth * sizes->columns, 1);
    product->in = array_of_numbers(in_floats, 2);
    product->start = array_of_numbers(sizes->columns, 3);
    product->before = array_of_numbers(product->out_floats, 4);
    product->out = array_guarded(product->out_floats);
    product->packed = array_guarded(kernels->packed_floats(depth, sizes->columns));
    place_rows(product);
    product->job.out = product->out;
    product->job.in = product->in;
    product->job.matrix = product->packed;
    product->job.out_at = product->out_at;
    product->job.in_at = product->in_at;
    product->job.segments = product->segments;
    pack_rows(kernels, product, 0,
              depth / 2); /* packing in parts gives the same as packing the whole */
    pack_rows(kernels, product, depth / 2, depth);
    assert_guards(product->packed, kernels->packed_floats(depth, sizes->columns));
}

static void free_product(struct product *product)
{
    array_free(product->matrix);
    array_free(product->in);
    array_free(product->start);
    array_free(product->before);
    array_free(product->out);
    array_free(product->packed);
}

/*
 * The result of the job in row r and column j, in double. Each of its n terms is rounded at most n
 * + 1 times on its way into the sum, so that the float result differs by at most *bound.
 */
static double expected_at(double *bound, const struct product *product, size_t r, size_t j)
{
    const struct multiply *job = &product->job;
    const float *line = product->matrix + j * product_depth(product);
    double sum = job->start != NULL ? (double)job->start[j] : 0.0;
    if (job->add)
        sum = (double)product->before[product->out_at[r] + j];
    double magnitude = fabs(sum);
    for (size_t s = 0; s < job->segment_count; s++)
        for (size_t d = 0; d < job->depth; d++) {
            double term = (double)product->in[product->in_at[r] + product->segments[s] + d] *
                          line[s * job->depth + d];
            sum += term;
            magnitude += fabs(term);
        }
    *bound = (double)(product_depth(product) + 1) * ROUNDING * magnitude;
    return job->relu ? fmax(sum, 0.0) : sum;
}

static void assert_product(const struct product *product, size_t r)
{
    const float *row = product->out + product->out_at[r];
    size_t columns = product->job.columns;
    for (size_t j = 0; j < columns; j++) {
        double bound, expected = expected_at(&bound, product, r, j);
        assert_within((double)row[j], expected, bound, "column", j);
    }
    for (size_t j = columns; j < columns + GAP; j++)
        assert_true(array_untouched(&row[j])); /* guards after the last row */
}

/* Fills the rows, to which the job adds, and leaves the space between them untouched. */
static void prepare_out(struct product *product)
{
    for (size_t r = 0; product->job.add && r < product->job.rows; r++)
        memcpy(product->out + product->out_at[r], product->before + product->out_at[r],
               product->job.columns * sizeof(float));
}

static void check_product(const struct kernels *kernels, const struct multiply *sizes)
{
    struct product product;
    make_product(&product, kernels, sizes);
    if (sizes->rows % 2 == 0 && !sizes->add)
        product.job.start = product.start;
    prepare_out(&product);
    kernels->multiply(&product.job);
    for (size_t r = 0; r < sizes->rows; r++)
        assert_product(&product, r);
    assert_guards(product.out, product.out_floats);
    free_product(&product);
}

/* Calls `check` for many sizes on all tables. */
static void for_many_sizes(void (*check)(const struct kernels *, const struct multiply *))
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t r = 0; r < LENGTH(row_counts); r++)
            for (size_t c = 0; c < LENGTH(column_counts); c++)
                for (size_t s = 0; s < LENGTH(segment_counts); s++)
                    for (size_t d = (r + c) % 2; d < LENGTH(depths); d += 2) {
                        const struct multiply sizes = {.rows = row_counts[r],
                                                       .columns = column_counts[c],
                                                       .segment_count = segment_counts[s],
                                                       .depth = depths[d],
                                                       .add = (r + c + d / 2) % 3 == 0,
                                                       .relu = (r + d / 2) % 2 == 0};
                        check(kernels_at(k), &sizes);
                    }
}

TEST(multiply_gives_the_sums_of_plain_loops)
{
    for_many_sizes(check_product);
}

static void check_grouping(const struct kernels *kernels, const struct multiply *sizes)
{
    struct product product;
    make_product(&product, kernels, sizes);
    prepare_out(&product);
    kernels->multiply(&product.job);
    float *together = array_of_numbers(product.out_floats, 1);
    memcpy(together, product.out, product.out_floats * sizeof *together);
    prepare_out(&product);
    struct multiply part = product.job;
    for (size_t r = 0; r < sizes->rows; r += part.rows) {
        part.rows = r < 3 ? 1 : sizes->rows - r;
        part.in_at = product.in_at + r;
        part.out_at = product.out_at + r;
        kernels->multiply(&part);
    }
    assert_memory_equal(product.out, together, product.out_floats * sizeof *together);
    array_free(together);
    free_product(&product);
}

TEST(multiply_gives_a_row_the_same_bits_among_any_others)
{
    for_many_sizes(check_grouping);
}

TEST(packed_columns_that_are_missing_are_zeros)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t columns = 1; columns <= 40; columns++) {
            const struct kernels *kernels = kernels_at(k);
            size_t floats = kernels->packed_floats(2, columns), ones = 0;
            float source[2 * 40], *packed = array_guarded(floats);
            for (size_t i = 0; i < 2 * columns; i++)
                source[i] = 1.0f;
            const struct pack pack = {.source = source,
                                      .row_step = columns,
                                      .column_step = 1,
                                      .rows = 2,
                                      .total_rows = 2,
                                      .columns = columns};
            kernels->pack(packed, &pack);
            for (size_t i = 0; i < floats; i++) {
                assert_true(packed[i] == 0.0f || packed[i] == 1.0f);
                ones += packed[i] == 1.0f;
            }
            assert_int_equal(ones, 2 * columns);
            array_free(packed);
        }
}

#define PIXELS 7

static void check_scale_shift(const struct kernels *kernels, size_t channels)
{
    size_t count = PIXELS * channels;
    float *in = array_of_numbers(count, 1), *out = array_guarded(count);
    float *scale = array_of_numbers(channels, 2), *shift = array_of_numbers(channels, 3);
    kernels->scale_shift(out, in, scale, shift, PIXELS, channels);
    for (size_t i = 0; i < count; i++) {
        double product = (double)in[i] * scale[i % channels], term = (double)shift[i % channels];
        assert_within((double)out[i], product + term, 2 * ROUNDING * (fabs(product) + fabs(term)),
                      "element", i);
    }
    assert_guards(out, count);
    kernels->scale_shift(in, in, scale, shift, PIXELS, channels);
    assert_memory_equal(in, out, count * sizeof *in);
    array_free(in);
    array_free(out);
    array_free(scale);
    array_free(shift);
}

TEST(scale_shift_serves_any_number_of_channels_in_place_too)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t channels = 1; channels <= 50; channels++)
            check_scale_shift(kernels_at(k), channels);
}

static void check_relu(const struct kernels *kernels, size_t count)
{
    float *in = array_of_numbers(count, 1), *out = array_guarded(count);
    if (count > 2) {
        in[0] = -0.0f;
        in[1] = NAN;
        in[2] = -NAN;
    }
    kernels->relu(out, in, count);
    for (size_t i = 0; i < count; i++) {
        float expected = in[i] <= 0.0f ? 0.0f : in[i];
        assert_memory_equal(&out[i], &expected, sizeof expected);
    }
    assert_guards(out, count);
    kernels->relu(in, in, count);
    assert_memory_equal(in, out, count * sizeof *in);
    array_free(in);
    array_free(out);
}

TEST(relu_makes_zeros_of_what_is_below_and_keeps_nan)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t count = 0; count <= 50; count++)
            check_relu(kernels_at(k), count);
}

TEST(maxpool2d_matches_pytorch)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < GOLDEN_MAXPOOL2DS; i++) {
            const struct golden_maxpool2d *which = &golden_maxpool2ds[i];
            const struct safetensor *in = golden_get(golden, which->name, "in");
            const struct safetensor *expected = golden_get(golden, which->name, "out");
            const struct maxpool2d pool = golden_maxpool2d_sizes(golden, which);
            float *from = golden_nhwc(in), *out = array_guarded(expected->count);
            kernels_at(k)->maxpool2d(out, from, &pool, in->shape[0]);
            assert_nhwc_close(out, expected, 0.0);
            assert_guards(out, expected->count);
            free(from);
            array_free(out);
        }
    safetensors_destroy(golden);
}

/* Windows of 3x2 that overlap by one row, in pictures with one column that no window covers. */
static void check_windows(const struct kernels *kernels, size_t channels)
{
    const struct maxpool2d pool = {channels, 5, 5, 2, 2, 3, 2, 2, 2};
    float *in = array_of_numbers(2 * 25 * channels, channels), *out = array_guarded(8 * channels);
    kernels->maxpool2d(out, in, &pool, 2);
    for (size_t i = 0; i < 8 * channels; i++) {
        size_t c = i % channels, pixel = i / channels, image = pixel / 4;
        float best = -INFINITY;
        for (size_t tap = 0; tap < 6; tap++) {
            size_t y = pixel % 4 / 2 * 2 + tap / 2, x = pixel % 2 * 2 + tap % 2;
            best = fmaxf(best, in[((image * 5 + y) * 5 + x) * channels + c]);
        }
        assert_true(out[i] == best);
    }
    assert_guards(out, 8 * channels);
    array_free(in);
    array_free(out);
}

TEST(maxpool2d_takes_the_largest_of_each_window_in_any_channel)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t channels = 1; channels <= 40; channels++)
            check_windows(kernels_at(k), channels);
}

TEST(nan_anywhere_in_a_window_is_its_maximum)
{
    const struct maxpool2d pool = {20, 2, 2, 1, 1, 2, 2, 2, 2};
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t at = 0; at < 4 * 20; at++) {
            float in[4 * 20], out[20];
            fill_numbers(in, 4 * 20, 1);
            in[at] = NAN;
            kernels_at(k)->maxpool2d(out, in, &pool, 1);
            for (size_t c = 0; c < 20; c++)
                assert_true(isnan(out[c]) == (c == at % 20));
        }
}

TEST(the_selected_table_is_the_first_and_the_last_is_portable)
{
    size_t count = 0;
    assert_ptr_equal(kernels_select(), kernels_at(0));
    while (kernels_at(count) != NULL)
        count++;
    assert_true(count > 0);
#ifdef __x86_64__
    assert_string_equal(kernels_at(count - 1)->name, "portable");
#endif
}

TEST_MAIN(cmocka_unit_test(multiply_gives_the_sums_of_plain_loops),
          cmocka_unit_test(multiply_gives_a_row_the_same_bits_among_any_others),
          cmocka_unit_test(packed_columns_that_are_missing_are_zeros),
          cmocka_unit_test(scale_shift_serves_any_number_of_channels_in_place_too),
          cmocka_unit_test(relu_makes_zeros_of_what_is_below_and_keeps_nan),
          cmocka_unit_test(maxpool2d_matches_pytorch),
          cmocka_unit_test(maxpool2d_takes_the_largest_of_each_window_in_any_channel),
          cmocka_unit_test(nan_anywhere_in_a_window_is_its_maximum),
          cmocka_unit_test(the_selected_table_is_the_first_and_the_last_is_portable))
