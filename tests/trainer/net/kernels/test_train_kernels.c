#include "trainer/net/kernels/train_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/support/golden.h"
#include "tests/support/model.h"
#include "tests/test.h"
#include "tests/trainer/net/kernels/train_tables.h"

/* VNNI and AMX have no float instructions: their tables are those of AVX-512 and AVX2. */
static const char *name_in_floats(const char *name)
{
    if (strcmp(name, "avx512vnni") == 0 || strcmp(name, "amx") == 0)
        return "avx512";
    return strcmp(name, "avxvnni") == 0 ? "avx2" : name;
}

TEST(tables_have_the_names_of_their_processors)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        assert_string_equal(table_at(k)->name, name_in_floats(kernels_at(k)->name));
}

#define IN_STEP  3
#define MAX_ROWS 97

/* The positions of the rows: those of `in` overlap, those of `grad` are in reverse order. */
struct rows {
    uint32_t in_at[MAX_ROWS], grad_at[MAX_ROWS], segments[3];
};

static void place_rows(struct rows *rows, const struct outer *sizes)
{
    for (size_t r = 0; r < sizes->rows; r++) {
        rows->in_at[r] = (uint32_t)(r * IN_STEP);
        rows->grad_at[r] = (uint32_t)((sizes->rows - 1 - r) * sizes->columns);
    }
    for (size_t s = 0; s < sizes->segment_count; s++)
        rows->segments[s] = (uint32_t)(s * (sizes->depth + 1));
}

/* A sum of n products and the value it is added to has at most n + 2 roundings. */
static void assert_outer(const struct outer *job, const float *before)
{
    for (size_t i = 0; i < job->segment_count * job->depth; i++)
        for (size_t j = 0; j < job->columns; j++) {
            double sum = job->add ? (double)before[i * job->columns + j] : 0.0;
            double magnitude = fabs(sum);
            for (size_t r = 0; r < job->rows; r++) {
                size_t at = job->in_at[r] + job->segments[i / job->depth] + i % job->depth;
                double term = (double)job->in[at] * job->grad[job->grad_at[r] + j];
                sum += term;
                magnitude += fabs(term);
            }
            assert_within((double)job->out[i * job->columns + j], sum,
                          (double)(job->rows + 2) * ROUNDING * magnitude, "column", j);
        }
}

static void check_outer(const struct train_kernels *kernels, const struct outer *sizes)
{
    struct rows rows;
    place_rows(&rows, sizes);
    struct outer job = *sizes;
    size_t depth = job.segment_count * job.depth, out_floats = depth * job.columns;
    float *in = array_of_numbers((job.rows - 1) * IN_STEP + depth + job.segment_count - 1, 1);
    float *grad = array_of_numbers(job.rows * job.columns + GRADIENT_SLACK, 2);
    float *before = array_of_numbers(out_floats, 3), *out = array_guarded(out_floats);
    for (size_t i = 0; i < GRADIENT_SLACK; i++)
        grad[job.rows * job.columns + i] = NAN; /* may be read, but must not change the result */
    if (job.add)
        memcpy(out, before, out_floats * sizeof *out);
    job.out = out;
    job.in = in;
    job.grad = grad;
    job.in_at = rows.in_at;
    job.grad_at = rows.grad_at;
    job.segments = rows.segments;
    kernels->outer(&job);
    assert_outer(&job, before);
    assert_guards(out, out_floats);
    array_free(in);
    array_free(grad);
    array_free(before);
    array_free(out);
}

TEST(outer_matches_plain_loops)
{
    static const size_t row_counts[] = {1, 2, 5, 47, 48, 49, MAX_ROWS};
    static const size_t column_counts[] = {1, 4, 7, 8, 10, 16, 17, 33, 48, 64, 81};
    static const size_t segment_counts[] = {1, 3};
    static const size_t depths[] = {1, 2, 5, 6, 11, 12, 13, 25};
    for (size_t k = 0; table_at(k) != NULL; k++)
        for (size_t r = 0; r < LENGTH(row_counts); r++)
            for (size_t c = 0; c < LENGTH(column_counts); c++)
                for (size_t s = 0; s < LENGTH(segment_counts); s++)
                    for (size_t d = 0; d < LENGTH(depths); d++) {
                        const struct outer sizes = {.rows = row_counts[r],
                                                    .columns = column_counts[c],
                                                    .segment_count = segment_counts[s],
                                                    .depth = depths[d],
                                                    .add = (r + c + d) % 2 == 0};
                        check_outer(table_at(k), &sizes);
                    }
}

/* Inputs and outputs of the loops over channels. */
struct channels {
    size_t pixels, count; /* of channels */
    float *in, *grad, *out, *result;
    float *first, *second, *third; /* [count] */
    double sums[2][50];
};

static void make_channels(struct channels *all, size_t pixels, size_t count)
{
    *all = (struct channels){.pixels = pixels, .count = count};
    all->in = array_of_numbers(pixels * count, 1);
    all->grad = array_of_numbers(pixels * count, 2);
    all->out = array_of_numbers(pixels * count, 3);
    all->result = array_guarded(pixels * count);
    all->first = array_of_numbers(count, 4);
    all->second = array_of_numbers(count, 5);
    all->third = array_of_numbers(count, 6);
    for (size_t c = 0; c < count; c++)
        all->sums[0][c] = all->sums[1][c] = (double)c;
}

static void free_channels(struct channels *all)
{
    assert_guards(all->result, all->pixels * all->count);
    array_free(all->in);
    array_free(all->grad);
    array_free(all->out);
    array_free(all->result);
    array_free(all->first);
    array_free(all->second);
    array_free(all->third);
}

static void for_many_channels(void (*check)(const struct train_kernels *, struct channels *))
{
    static const size_t pixel_counts[] = {1, 31, 32, 33, 100};
    for (size_t k = 0; table_at(k) != NULL; k++)
        for (size_t p = 0; p < LENGTH(pixel_counts); p++)
            for (size_t count = 1; count <= 50; count++) {
                struct channels all;
                make_channels(&all, pixel_counts[p], count);
                check(table_at(k), &all);
                free_channels(&all);
            }
}

/*
 * Compares two sums of every channel, each added to the channel's number, with plain loops in
 * double. The kernel adds up to 32 terms in float, and each term has a few roundings of its own.
 */
static void assert_sums(const struct channels *all, double (*term)(const struct channels *, size_t),
                        double (*second_term)(const struct channels *, size_t))
{
    for (size_t c = 0; c < all->count; c++)
        for (size_t which = 0; which < (second_term == NULL ? 1 : 2); which++) {
            double sum = 0.0, magnitude = 0.0;
            for (size_t i = c; i < all->pixels * all->count; i += all->count) {
                double value = (which == 0 ? term : second_term)(all, i);
                sum += value;
                magnitude += fabs(value);
            }
            assert_within(all->sums[which][c], (double)c + sum,
                          36 * ROUNDING * (magnitude + (double)c), "channel", c);
        }
}

static double value_at(const struct channels *all, size_t i)
{
    return (double)all->in[i];
}

static double square_at(const struct channels *all, size_t i)
{
    return (double)all->in[i] * all->in[i];
}

static void check_totals(const struct train_kernels *kernels, struct channels *all)
{
    kernels->totals(all->sums[0], all->in, all->pixels, all->count);
    assert_sums(all, value_at, NULL);
}

static void check_sums(const struct train_kernels *kernels, struct channels *all)
{
    kernels->sums(all->sums[0], all->sums[1], all->in, all->pixels, all->count);
    assert_sums(all, value_at, square_at);
}

TEST(totals_and_sums_match_plain_loops)
{
    for_many_channels(check_totals);
    for_many_channels(check_sums);
}

/* The gradient after a ReLU whose output is `out`. */
static double passed_at(const struct channels *all, size_t i)
{
    return all->out[i] > 0.0f ? (double)all->grad[i] : 0.0;
}

static double gradient_at(const struct channels *all, size_t i)
{
    return (double)all->grad[i];
}

static double passed_product_at(const struct channels *all, size_t i)
{
    return passed_at(all, i) * ((double)all->in[i] - all->first[i % all->count]);
}

static double product_at(const struct channels *all, size_t i)
{
    return gradient_at(all, i) * ((double)all->in[i] - all->first[i % all->count]);
}

static void check_gradient_sums(const struct train_kernels *kernels, struct channels *all)
{
    kernels->gradient_sums(all->sums[0], all->sums[1], all->grad, NULL, all->in, all->first,
                           all->pixels, all->count);
    assert_sums(all, gradient_at, product_at);
}

static void check_passed_gradient_sums(const struct train_kernels *kernels, struct channels *all)
{
    kernels->gradient_sums(all->sums[0], all->sums[1], all->grad, all->out, all->in, all->first,
                           all->pixels, all->count);
    assert_sums(all, passed_at, passed_product_at);
}

TEST(gradient_sums_match_plain_loops)
{
    for_many_channels(check_gradient_sums);
    for_many_channels(check_passed_gradient_sums);
}

/* in * first + second; with ReLU, at least 0. */
static void check_normalise(const struct train_kernels *kernels, struct channels *all)
{
    for (size_t relu = 0; relu < 2; relu++) {
        kernels->normalise(all->result, all->in, all->first, all->second, all->pixels, all->count,
                           relu == 1);
        for (size_t i = 0; i < all->pixels * all->count; i++) {
            double product = (double)all->in[i] * all->first[i % all->count];
            double term = (double)all->second[i % all->count], sum = product + term;
            assert_within((double)all->result[i], relu == 1 ? fmax(sum, 0.0) : sum,
                          2 * ROUNDING * (fabs(product) + fabs(term)), "element", i);
        }
    }
}

TEST(normalise_scales_shifts_and_rectifies)
{
    for_many_channels(check_normalise);
}

TEST(normalise_keeps_nan)
{
    const float one = 1.0f, in[2] = {NAN, -2.0f};
    for (size_t k = 0; table_at(k) != NULL; k++) {
        float out[2];
        table_at(k)->normalise(out, in, &one, &one, 2, 1, true);
        assert_true(isnan(out[0]) && out[1] == 0.0f);
    }
}

/* grad * first + in * second + third; again in place, with the same result to the bit. */
static void check_normalise_backward(const struct train_kernels *kernels, struct channels *all)
{
    for (size_t masked = 0; masked < 2; masked++) {
        const float *out = masked == 1 ? all->out : NULL;
        kernels->normalise_backward(all->result, all->grad, out, all->in, all->first, all->second,
                                    all->third, all->pixels, all->count);
        for (size_t i = 0; i < all->pixels * all->count; i++) {
            size_t c = i % all->count;
            double first = (masked == 1 ? passed_at(all, i) : gradient_at(all, i)) * all->first[c];
            double second = (double)all->in[i] * all->second[c], third = (double)all->third[c];
            assert_within((double)all->result[i], first + second + third,
                          4 * ROUNDING * (fabs(first) + fabs(second) + fabs(third)), "element", i);
        }
    }
    kernels->normalise_backward(all->grad, all->grad, all->out, all->in, all->first, all->second,
                                all->third, all->pixels, all->count);
    assert_memory_equal(all->grad, all->result, all->pixels * all->count * sizeof(float));
}

TEST(normalise_backward_follows_the_formula_also_in_place)
{
    for_many_channels(check_normalise_backward);
}

static void check_relu_backward(const struct train_kernels *kernels, struct channels *all)
{
    size_t count = all->pixels * all->count;
    all->out[0] = 0.0f;
    kernels->relu_backward(all->result, all->grad, all->out, count);
    for (size_t i = 0; i < count; i++)
        assert_true((double)all->result[i] == passed_at(all, i));
    kernels->relu_backward(all->grad, all->grad, all->out, count);
    assert_memory_equal(all->grad, all->result, count * sizeof(float));
}

TEST(relu_backward_passes_gradients_of_positive_outputs_also_in_place)
{
    for_many_channels(check_relu_backward);
}

#define NORM_EPSILON 1e-5

/* The factors of both passes, as training computes them from the sums of a whole batch. */
struct norm {
    float mean[3], factor[3], term[3], slope[3], backward_term[3];
    float grad_scale[3], grad_shift[3];
};

static void finish_forward(struct norm *norm, const double sums[2][3], const float *scale,
                           const float *shift, double count)
{
    for (size_t c = 0; c < 3; c++) {
        double mean = sums[0][c] / count;
        double factor = scale[c] / sqrt(sums[1][c] / count - mean * mean + NORM_EPSILON);
        norm->mean[c] = (float)mean;
        norm->factor[c] = (float)factor;
        norm->term[c] = (float)(shift[c] - mean * factor);
    }
}

static void finish_backward(struct norm *norm, const double sums[2][3], const float *scale,
                            double count)
{
    for (size_t c = 0; c < 3; c++) {
        double factor = (double)norm->factor[c], inverse = factor / scale[c];
        double slope = -factor * inverse * inverse * sums[1][c] / count;
        norm->grad_shift[c] = (float)sums[0][c];
        norm->grad_scale[c] = (float)(sums[1][c] * inverse);
        norm->slope[c] = (float)slope;
        norm->backward_term[c] = (float)(-factor * sums[0][c] / count - slope * norm->mean[c]);
    }
}

static void check_norm(const struct safetensors *golden, const struct train_kernels *kernels)
{
    const double tolerance = 1e-5; /* floats in both, forty values in each channel */
    const struct safetensor *in = golden_get(golden, "batchnorm2d", "in");
    const float *scale = golden_get(golden, "batchnorm2d", "scale")->data;
    size_t pixels = in->count / 3;
    float *from = golden_nhwc(in), *values = array_guarded(in->count);
    float *grad = golden_nhwc(golden_get(golden, "batchnorm2d", "grad_out"));
    double sums[2][3] = {{0}}, gradient_sums[2][3] = {{0}};
    struct norm norm;
    kernels->sums(sums[0], sums[1], from, pixels, 3);
    finish_forward(&norm, (const double(*)[3])sums, scale,
                   golden_get(golden, "batchnorm2d", "shift")->data, (double)pixels);
    kernels->normalise(values, from, norm.factor, norm.term, pixels, 3, false);
    assert_nhwc_close(values, golden_get(golden, "batchnorm2d", "out"), tolerance);
    kernels->gradient_sums(gradient_sums[0], gradient_sums[1], grad, NULL, from, norm.mean, pixels,
                           3);
    finish_backward(&norm, (const double(*)[3])gradient_sums, scale, (double)pixels);
    kernels->normalise_backward(values, grad, NULL, from, norm.factor, norm.slope,
                                norm.backward_term, pixels, 3);
    assert_nhwc_close(values, golden_get(golden, "batchnorm2d", "grad_in"), tolerance);
    assert_close(norm.grad_scale, golden_get(golden, "batchnorm2d", "grad_scale")->data, 3,
                 tolerance);
    assert_close(norm.grad_shift, golden_get(golden, "batchnorm2d", "grad_shift")->data, 3,
                 tolerance);
    free(from);
    free(grad);
    array_free(values);
}

TEST(batch_normalisation_matches_pytorch)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t k = 0; table_at(k) != NULL; k++)
        check_norm(golden, table_at(k));
    safetensors_destroy(golden);
}

static const struct adamw_step adamw_step = {.keep = 0.99f,
                                             .beta1 = 0.9f,
                                             .rest1 = 0.1f,
                                             .beta2 = 0.999f,
                                             .rest2 = 0.001f,
                                             .rate = 0.01f,
                                             .root_bias = 0.5f,
                                             .epsilon = 1e-8f};

#define PARAMETERS 100

/* Parameters and their moments. */
struct moments {
    float parameters[PARAMETERS], mean[PARAMETERS], square[PARAMETERS];
};

static void make_moments(struct moments *out, float gradients[PARAMETERS])
{
    fill_numbers(out->parameters, PARAMETERS, 1);
    fill_numbers(out->mean, PARAMETERS, 2);
    fill_numbers(out->square, PARAMETERS, 3);
    fill_numbers(gradients, PARAMETERS, 4);
    for (size_t i = 0; i < PARAMETERS; i++)
        out->square[i] = fabsf(out->square[i]) + 0.01f;
}

TEST(adamw_follows_the_formula)
{
    for (size_t k = 0; table_at(k) != NULL; k++) {
        struct moments before, after;
        float gradients[PARAMETERS];
        make_moments(&before, gradients);
        after = before;
        table_at(k)->adamw(after.parameters, after.mean, after.square, gradients, PARAMETERS,
                           &adamw_step);
        for (size_t i = 0; i < PARAMETERS; i++) {
            const struct adamw_step *s = &adamw_step;
            double g = (double)gradients[i];
            double mean = (double)s->beta1 * before.mean[i] + (double)s->rest1 * g;
            double square = (double)s->beta2 * before.square[i] + (double)s->rest2 * g * g;
            double moved = (double)s->keep * before.parameters[i] -
                           (double)s->rate * mean / (sqrt(square) / (double)s->root_bias + 1e-8);
            /* All numbers are at most about 1; at most ten roundings. */
            assert_within((double)after.mean[i], mean, 10 * ROUNDING, "mean", i);
            assert_within((double)after.square[i], square, 10 * ROUNDING, "square", i);
            assert_within((double)after.parameters[i], moved, 10 * ROUNDING, "parameter", i);
        }
    }
}

TEST(adamw_and_ema_give_the_same_bits_in_pieces)
{
    for (size_t k = 0; table_at(k) != NULL; k++)
        for (size_t piece = 1; piece < 40; piece++) {
            const struct train_kernels *kernels = table_at(k);
            struct moments whole, pieces;
            float gradients[PARAMETERS];
            make_moments(&whole, gradients);
            pieces = whole;
            kernels->adamw(whole.parameters, whole.mean, whole.square, gradients, PARAMETERS,
                           &adamw_step);
            kernels->ema(whole.mean, whole.parameters, PARAMETERS, 0.9f);
            for (size_t i = 0; i < PARAMETERS; i += piece) {
                size_t count = PARAMETERS - i < piece ? PARAMETERS - i : piece;
                kernels->adamw(pieces.parameters + i, pieces.mean + i, pieces.square + i,
                               gradients + i, count, &adamw_step);
                kernels->ema(pieces.mean + i, pieces.parameters + i, count, 0.9f);
            }
            assert_memory_equal(&whole, &pieces, sizeof whole);
        }
}

TEST(ema_follows_the_formula)
{
    for (size_t k = 0; table_at(k) != NULL; k++) {
        float values[PARAMETERS], average[PARAMETERS], before[PARAMETERS];
        fill_numbers(values, PARAMETERS, 1);
        fill_numbers(before, PARAMETERS, 2);
        memcpy(average, before, sizeof average);
        table_at(k)->ema(average, values, PARAMETERS, 0.75f);
        for (size_t i = 0; i < PARAMETERS; i++)
            assert_within((double)average[i], 0.75 * before[i] + 0.25 * values[i], 2 * ROUNDING,
                          "element", i);
    }
}

TEST_MAIN(cmocka_unit_test(tables_have_the_names_of_their_processors),
          cmocka_unit_test(outer_matches_plain_loops),
          cmocka_unit_test(totals_and_sums_match_plain_loops),
          cmocka_unit_test(gradient_sums_match_plain_loops),
          cmocka_unit_test(normalise_scales_shifts_and_rectifies),
          cmocka_unit_test(normalise_keeps_nan),
          cmocka_unit_test(normalise_backward_follows_the_formula_also_in_place),
          cmocka_unit_test(relu_backward_passes_gradients_of_positive_outputs_also_in_place),
          cmocka_unit_test(batch_normalisation_matches_pytorch),
          cmocka_unit_test(adamw_follows_the_formula),
          cmocka_unit_test(adamw_and_ema_give_the_same_bits_in_pieces),
          cmocka_unit_test(ema_follows_the_formula))
