#include "core/layers/conv2d_fused_int8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/support/convolution_case.h"
#include "tests/test.h"

#define IMAGES 3

/* The inputs of the cases with one channel stand for numbers around 0, the others for numbers from 0 on. */
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
    return (count + KERNELS_INT8_MULTIPLE - 1) / KERNELS_INT8_MULTIPLE * KERNELS_INT8_MULTIPLE;
}

static struct int8_scales scales_of(size_t i)
{
    bool first = cases[i].sizes.in_channels == 1;
    return (struct int8_scales){
        .in_scale = first ? 0.0125f : 0.004f,
        .in_offset = first ? -0.4f : 0.0f,
        .padding = first ? 32 : 0,
        .out_scale = cases[i].logits ? 0.0f : 0.02f,
    };
}

/* A case's input, as activations and as the floats that they stand for. */
struct input {
    struct convolution_case test; /* its `in` holds what the activations stand for */
    unsigned char *activations;
};

static struct input make_input(size_t i, const struct kernels *kernels)
{
    const struct conv2d *sizes = &cases[i].sizes;
    const struct int8_scales scales = scales_of(i);
    size_t pixels = IMAGES * sizes->in_height * sizes->in_width;
    size_t channels = sizes->in_channels == 1 ? 1 : rounded_up(sizes->in_channels);
    struct input input = {.test =
                              convolution_case_make(sizes, IMAGES, !cases[i].logits, cases[i].pool),
                          .activations = calloc(pixels * channels, kernels->activation_bytes)};
    float *ordered = calloc(pixels * channels, sizeof *ordered);
    assert_true(input.activations != NULL && ordered != NULL);
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < sizes->in_channels; c++) {
            size_t at = p * sizes->in_channels + c;
            float activation = roundf((input.test.in[at] + 1.0f) * 127.0f);
            input.test.in[at] = scales.in_scale * activation + scales.in_offset;
            ordered[p * channels + c] = activation / 255.0f;
        }
    kernels->fill_int8_pixels(input.activations, ordered, pixels * channels);
    free(ordered);
    return input;
}

static void free_input(struct input *input)
{
    convolution_case_free(&input->test);
    free(input->activations);
}

/* The real number that result i of a layer stands for. */
static double result_at(const void *out, size_t i, const struct int8_scales *scales,
                        const struct kernels *kernels)
{
    if (!(scales->out_scale > 0.0f))
        return (double)((const float *)out)[i];
    if (kernels->activation_bytes == 1)
        return (double)scales->out_scale * ((const uint8_t *)out)[i];
    return (double)scales->out_scale * ((const int16_t *)out)[i];
}

/*
 * The largest difference from plain sums: half a step of the output, half a step of the start,
 * which is in units of a product, and half a step of each weight times its input.
 */
static double bound_of(const struct convolution_case *test, const struct int8_scales *scales,
                       double magnitude)
{
    double largest_in = fmax(255.0 * (double)scales->in_scale + (double)scales->in_offset,
                             -(double)scales->in_offset);
    double depth = (double)conv2d_depth(&test->sizes), weight_step = 1.0 / 127.0;
    return 0.5 * (double)scales->out_scale + 0.5 * (double)scales->in_scale * weight_step +
           depth * 0.5 * weight_step * largest_in + 1e-5 * magnitude;
}

static void assert_out(const void *out, const struct convolution_case *test,
                       const struct conv2d_fused_int8 *layer, const struct int8_scales *scales,
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

/* The activations, one byte each for all kernels; the caller frees them. */
static unsigned char *narrowed(const void *out, size_t count, const struct kernels *kernels)
{
    unsigned char *bytes = malloc(count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = kernels->activation_bytes == 1 ? ((const uint8_t *)out)[i]
                                                  : (uint8_t)((const int16_t *)out)[i];
    return bytes;
}

/* Results of case i, in bytes where they are activations; the caller frees them. */
static unsigned char *check(size_t i, size_t *bytes, const struct kernels *kernels)
{
    const struct int8_scales scales = scales_of(i);
    struct input input = make_input(i, kernels);
    struct conv2d_fused_int8 layer;
    assert_int_equal(conv2d_fused_int8_init(&layer, &cases[i].sizes, cases[i].pool,
                                            input.test.weight, input.test.bias, &scales, kernels),
                     CONV2D_FUSED_INT8_OK);
    size_t count = IMAGES * layer.out_elements, most_bytes = count * sizeof(float);
    unsigned char *out = calloc(most_bytes, 1), *alone = calloc(most_bytes, 1);
    unsigned char *scratch = malloc(conv2d_fused_int8_scratch_bytes(&layer, kernels) + 1);
    assert_true(out != NULL && alone != NULL && scratch != NULL);
    conv2d_fused_int8_forward(out, input.activations, IMAGES, &layer, scratch, kernels);
    assert_out(out, &input.test, &layer, &scales, kernels);
    size_t in_bytes = conv2d_in_elements(&layer.sizes) * kernels->activation_bytes;
    size_t out_bytes =
        layer.out_elements * (layer.logits ? sizeof(float) : kernels->activation_bytes);
    for (size_t n = 0; n < IMAGES; n++)
        conv2d_fused_int8_forward(alone + n * out_bytes, input.activations + n * in_bytes, 1,
                                  &layer, scratch, kernels);
    assert_memory_equal(out, alone, IMAGES * out_bytes);
    free(alone);
    free(scratch);
    conv2d_fused_int8_release(&layer);
    conv2d_fused_int8_release(&layer);
    free_input(&input);
    *bytes = layer.logits ? count * sizeof(float) : count;
    if (layer.logits)
        return out;
    unsigned char *bytes_out = narrowed(out, count, kernels);
    free(out);
    return bytes_out;
}

TEST(results_are_near_plain_sums_and_the_same_to_the_bit_on_all_kernels)
{
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
    const struct int8_scales scales = {.in_scale = 0.01f, .out_scale = 0.01f};
    struct conv2d_fused_int8 layer;
    test.bias[0] = bias;
    assert_int_equal(conv2d_fused_int8_init(&layer, sizes, false, test.weight, test.bias, &scales,
                                            kernels_select()),
                     CONV2D_FUSED_INT8_UNFIT);
    conv2d_fused_int8_release(&layer);
    convolution_case_free(&test);
}

TEST(sums_that_might_overflow_do_not_fit)
{
    const struct conv2d one = {8, 3, 3, 4, 1, 1, 3, 3, 1, 1, 0, 0};
    assert_unfit(&one, 1e9f);
    assert_unfit(&one, INFINITY);
    const struct conv2d coarse = {1, 9, 9, 4, 5, 5, 5, 5, 1, 1, 0, 0};
    assert_unfit(&coarse, 0.0f);
}

TEST(weights_of_zero_leave_the_bias)
{
    const struct conv2d sizes = {4, 1, 1, 4, 1, 1, 1, 1, 1, 1, 0, 0};
    const float weight[16] = {0}, bias[4] = {0.5f, -0.5f, 0.25f, 1.0f};
    const struct int8_scales scales = {.in_scale = 0.001f, .out_scale = 0.0f};
    for (size_t k = 0; kernels_at(k) != NULL; k++) {
        struct conv2d_fused_int8 layer;
        float out[4];
        int16_t in[4] = {0};
        assert_int_equal(
            conv2d_fused_int8_init(&layer, &sizes, false, weight, bias, &scales, kernels_at(k)),
            CONV2D_FUSED_INT8_OK);
        conv2d_fused_int8_forward(out, in, 1, &layer, NULL, kernels_at(k));
        for (size_t i = 0; i < 4; i++)
            assert_within((double)out[i], (double)bias[i], 1e-6, "logit", i);
        conv2d_fused_int8_release(&layer);
    }
}

TEST_MAIN(cmocka_unit_test(results_are_near_plain_sums_and_the_same_to_the_bit_on_all_kernels),
          cmocka_unit_test(sums_that_might_overflow_do_not_fit),
          cmocka_unit_test(weights_of_zero_leave_the_bias))
