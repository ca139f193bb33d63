#include "core/layers/convolution_cells.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/arrays.h"
#include "tests/support/convolution_case.h"

#define IMAGES 3

/* The first layers are read from cells that stand for numbers around 0, the others from 0 on. */
static const struct {
    struct conv2d sizes;
    bool pool, logits;
} cases[] = {
    {{1, 28, 28, 16, 28, 28, 3, 3, 1, 1, 1, 1}, true, false},
    {{1, 9, 7, 5, 7, 5, 3, 3, 1, 1, 0, 0}, false, false},
    {{16, 8, 8, 32, 6, 6, 3, 3, 1, 1, 0, 0}, false, false},
    {{24, 9, 9, 40, 7, 7, 3, 3, 1, 1, 0, 0}, false, false},
    {{30, 12, 10, 18, 12, 10, 3, 3, 1, 1, 1, 1}, false, false},
    {{32, 5, 5, 20, 5, 5, 3, 3, 1, 1, 1, 1}, false, false},
    {{6, 7, 7, 10, 3, 3, 3, 3, 2, 2, 0, 0}, false, false},
    {{20, 3, 3, 10, 1, 1, 3, 3, 1, 1, 0, 0}, false, true},
};

#define CASES (sizeof cases / sizeof *cases)

static size_t rounded_up(size_t count)
{
    return (count + KERNELS_CELLS - 1) / KERNELS_CELLS * KERNELS_CELLS;
}

static struct cell_scales scales_of(size_t i)
{
    bool first = cases[i].sizes.in_channels == 1;
    return (struct cell_scales){
        .in_scale = first ? 0.0125f : 0.004f,
        .in_offset = first ? -0.4f : 0.0f,
        .padding = first ? 32 : 0,
        .out_scale = cases[i].logits ? 0.0f : 0.02f,
    };
}

/* What a case computes on, as whole numbers and as the floats that they stand for. */
struct input {
    struct convolution_case test; /* its `in` holds what the cells stand for */
    unsigned char *cells;
};

static struct input make_input(size_t i, const struct kernels *kernels)
{
    const struct conv2d *sizes = &cases[i].sizes;
    const struct cell_scales scales = scales_of(i);
    size_t pixels = IMAGES * sizes->in_height * sizes->in_width;
    size_t channels = sizes->in_channels == 1 ? 1 : rounded_up(sizes->in_channels);
    struct input input = {.test =
                              convolution_case_make(sizes, IMAGES, !cases[i].logits, cases[i].pool),
                          .cells = calloc(pixels * channels, kernels->cell_bytes)};
    float *ordered = calloc(pixels * channels, sizeof *ordered);
    assert_true(input.cells != NULL && ordered != NULL);
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < sizes->in_channels; c++) {
            size_t at = p * sizes->in_channels + c;
            float cell = roundf((input.test.in[at] + 1.0f) * 127.0f);
            input.test.in[at] = scales.in_scale * cell + scales.in_offset;
            ordered[p * channels + c] = cell / 255.0f;
        }
    kernels->fill_cells(input.cells, ordered, pixels * channels);
    free(ordered);
    return input;
}

static void free_input(struct input *input)
{
    convolution_case_free(&input->test);
    free(input->cells);
}

/* Result i of a layer, as what it stands for. */
static double result_at(const void *out, size_t i, const struct cell_scales *scales,
                        const struct kernels *kernels)
{
    if (!(scales->out_scale > 0.0f))
        return (double)((const float *)out)[i];
    if (kernels->cell_bytes == 1)
        return (double)scales->out_scale * ((const uint8_t *)out)[i];
    return (double)scales->out_scale * ((const int16_t *)out)[i];
}

/*
 * How far a result may be from plain sums: half a step of the cells that it is rounded to, half a step
 * of the start, which is in units of a product, and half a step of each weight times its input.
 */
static double bound_of(const struct convolution_case *test, const struct cell_scales *scales,
                       double magnitude)
{
    double largest_in = fmax(255.0 * (double)scales->in_scale + (double)scales->in_offset,
                             -(double)scales->in_offset);
    double depth = (double)conv2d_depth(&test->sizes), weight_step = 1.0 / 127.0;
    return 0.5 * (double)scales->out_scale + 0.5 * (double)scales->in_scale * weight_step +
           depth * 0.5 * weight_step * largest_in + 1e-5 * magnitude;
}

static void assert_out(const void *out, const struct convolution_case *test,
                       const struct convolution_cells *layer, const struct cell_scales *scales,
                       const struct kernels *kernels)
{
    size_t channels =
        layer->logits ? test->sizes.out_channels : rounded_up(test->sizes.out_channels);
    size_t width = convolution_case_width(test);
    for (size_t i = 0; i < IMAGES * layer->out_elements; i++) {
        size_t at = i % layer->out_elements, k = at % channels;
        double value = result_at(out, i, scales, kernels), magnitude;
        if (k >= test->sizes.out_channels) {
            assert_true(value == 0.0);
            continue;
        }
        double expected =
            convolution_case_expected(&magnitude, test, i / layer->out_elements,
                                      at / channels / width, at / channels % width, k);
        if (!layer->logits)
            expected = fmin(expected, 255.0 * (double)scales->out_scale);
        assert_within(value, expected, bound_of(test, scales, magnitude), "result", i);
    }
}

/* The results as the kernels leave them, for any kernels in bytes; the caller frees them. */
static unsigned char *narrowed(const void *out, size_t count, const struct kernels *kernels)
{
    unsigned char *bytes = malloc(count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = kernels->cell_bytes == 1 ? ((const uint8_t *)out)[i]
                                            : (uint8_t)((const int16_t *)out)[i];
    return bytes;
}

/* Results of case i, narrowed where they are cells; the caller frees them. */
static unsigned char *check(size_t i, size_t *bytes, const struct kernels *kernels)
{
    const struct cell_scales scales = scales_of(i);
    struct input input = make_input(i, kernels);
    struct convolution_cells layer;
    assert_int_equal(convolution_cells_init(&layer, &cases[i].sizes, cases[i].pool,
                                            input.test.weight, input.test.bias, &scales, kernels),
                     CONVOLUTION_CELLS_OK);
    size_t count = IMAGES * layer.out_elements, most_bytes = count * sizeof(float);
    unsigned char *out = calloc(most_bytes, 1), *alone = calloc(most_bytes, 1);
    unsigned char *scratch = malloc(convolution_cells_scratch_bytes(&layer, kernels) + 1);
    assert_true(out != NULL && alone != NULL && scratch != NULL);
    convolution_cells_forward(out, input.cells, IMAGES, &layer, scratch, kernels);
    assert_out(out, &input.test, &layer, &scales, kernels);
    size_t in_bytes = conv2d_in_elements(&layer.sizes) * kernels->cell_bytes;
    size_t out_bytes = layer.out_elements * (layer.logits ? sizeof(float) : kernels->cell_bytes);
    for (size_t n = 0; n < IMAGES; n++)
        convolution_cells_forward(alone + n * out_bytes, input.cells + n * in_bytes, 1, &layer,
                                  scratch, kernels);
    assert_memory_equal(out, alone, IMAGES * out_bytes);
    free(alone);
    free(scratch);
    convolution_cells_release(&layer);
    convolution_cells_release(&layer);
    free_input(&input);
    *bytes = layer.logits ? count * sizeof(float) : count;
    if (layer.logits)
        return out;
    unsigned char *bytes_out = narrowed(out, count, kernels);
    free(out);
    return bytes_out;
}

static void results_are_near_plain_sums_and_the_same_to_the_bit_on_all_kernels(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        size_t bytes, others;
        unsigned char *first = check(i, &bytes, kernels_at(0));
        for (size_t k = 1; kernels_at(k) != NULL; k++) {
            unsigned char *other = check(i, &others, kernels_at(k));
            assert_int_equal(bytes, others);
            assert_memory_equal(first, other, bytes);
            free(other);
        }
        free(first);
    }
}

static void assert_unfit(const struct conv2d *sizes, float bias)
{
    struct convolution_case test = convolution_case_make(sizes, 1, true, false);
    const struct cell_scales scales = {.in_scale = 0.01f, .out_scale = 0.01f};
    struct convolution_cells layer;
    test.bias[0] = bias;
    assert_int_equal(convolution_cells_init(&layer, sizes, false, test.weight, test.bias, &scales,
                                            kernels_select()),
                     CONVOLUTION_CELLS_UNFIT);
    convolution_cells_release(&layer);
    convolution_case_free(&test);
}

static void sums_that_might_overflow_do_not_fit(void **state)
{
    (void)state;
    const struct conv2d one = {8, 3, 3, 4, 1, 1, 3, 3, 1, 1, 0, 0};
    assert_unfit(&one, 1e9f);
    assert_unfit(&one, INFINITY);
    const struct conv2d coarse = {1, 9, 9, 4, 5, 5, 5, 5, 1, 1, 0, 0};
    assert_unfit(&coarse, 0.0f);
}

static void weights_of_zero_leave_the_bias(void **state)
{
    (void)state;
    const struct conv2d sizes = {4, 1, 1, 4, 1, 1, 1, 1, 1, 1, 0, 0};
    const float weight[16] = {0}, bias[4] = {0.5f, -0.5f, 0.25f, 1.0f};
    const struct cell_scales scales = {.in_scale = 0.001f, .out_scale = 0.0f};
    for (size_t k = 0; kernels_at(k) != NULL; k++) {
        struct convolution_cells layer;
        float out[4];
        int16_t in[4] = {0};
        assert_int_equal(
            convolution_cells_init(&layer, &sizes, false, weight, bias, &scales, kernels_at(k)),
            CONVOLUTION_CELLS_OK);
        convolution_cells_forward(out, in, 1, &layer, NULL, kernels_at(k));
        for (size_t i = 0; i < 4; i++)
            assert_within((double)out[i], (double)bias[i], 1e-6, "logit", i);
        convolution_cells_release(&layer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_near_plain_sums_and_the_same_to_the_bit_on_all_kernels),
        cmocka_unit_test(sums_that_might_overflow_do_not_fit),
        cmocka_unit_test(weights_of_zero_leave_the_bias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
