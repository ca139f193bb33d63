#include "core/network/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/batchnorm2d.h"
#include "core/layers/conv2d.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define MAX_PIXELS 4096

static struct digit_error error;

struct fixture {
    struct architecture architecture;
    struct parameter_table table;
    float *parameters;
    struct plan plan;
};

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    load_architecture(&fixture->architecture, TINY_JSON);
    parameter_table_init(&fixture->table, &fixture->architecture);
    fixture->parameters = make_parameters(&fixture->architecture, 1);
    *state = fixture;
    return 0;
}

static int remove_fixture(void **state)
{
    struct fixture *fixture = *state;
    plan_release(&fixture->plan);
    free(fixture->parameters);
    free(fixture);
    return 0;
}

static enum digit_status make_plan(struct fixture *fixture)
{
    return plan_init(&fixture->plan, &fixture->architecture, &fixture->table, fixture->parameters,
                     NULL, kernels_select(), "here", &error);
}

static float *find(const struct fixture *fixture, size_t layer, enum parameter_role role)
{
    size_t offset = parameter_offset(&fixture->table, layer, role);
    assert_int_not_equal(offset, SIZE_MAX);
    return fixture->parameters + offset;
}

static void plan_leaves_out_dropout_and_flatten_and_folds_what_follows_a_convolution(void **state)
{
    struct fixture *fixture = *state;
    /* tiny.json: norm1 follows relu and remains a step, norm2 follows conv2 and is folded. */
    static const enum step_type expected[] = {STEP_CONV2D, STEP_SCALE_SHIFT, STEP_MAXPOOL2D,
                                              STEP_CONV2D, STEP_CONV2D,      STEP_CONV2D};
    static const size_t elements[] = {560, 560, 96, 48, 12, 10};
    static const bool relu[] = {true, false, false, true, true, false};
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    assert_int_equal(fixture->plan.step_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < fixture->plan.step_count; i++) {
        assert_int_equal(fixture->plan.steps[i].type, expected[i]);
        assert_int_equal(fixture->plan.steps[i].out_elements, elements[i]);
        assert_int_equal(fixture->plan.steps[i].conv2d.relu, relu[i]);
    }
    assert_int_equal(fixture->plan.max_elements, 784);
}

static void plan_leaves_the_parameters_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    size_t size = fixture->table.total * sizeof(float);
    float *before = malloc(size);
    assert_non_null(before);
    memcpy(before, fixture->parameters, size);
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    assert_memory_equal(fixture->parameters, before, size);
    free(before);
}

/* tiny.json: dense1 follows flatten and reads conv2's picture, logits follows dense1. */
static void a_dense_layer_is_a_convolution_of_the_whole_picture(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    const struct conv2d *first = &fixture->plan.steps[4].conv2d.sizes;
    const struct shape *picture = &fixture->architecture.layers[7].in;
    assert_int_equal(first->in_channels, picture->channels);
    assert_int_equal(first->kernel_height, picture->height);
    assert_int_equal(first->kernel_width, picture->width);
    assert_int_equal(first->out_height * first->out_width, 1);
    assert_int_equal(conv2d_depth(&fixture->plan.steps[5].conv2d.sizes), 12);
    assert_int_equal(fixture->plan.last.channels, DIGIT_CLASSES);
    assert_int_equal(fixture->plan.last.height * fixture->plan.last.width, 1);
}

static void plan_gives_layers_without_bias_zeros(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(fixture->plan.steps[4].conv2d.bias[i] == 0.0f);
}

static void plan_keeps_a_normalisation_that_follows_no_convolution(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    const struct step *step = &fixture->plan.steps[1];
    for (size_t c = 0; c < 4; c++) {
        double variance = find(fixture, 2, PARAMETER_RUNNING_VAR)[c];
        double factor = find(fixture, 2, PARAMETER_SCALE)[c] / sqrt(variance + (double)1e-5f);
        double mean = find(fixture, 2, PARAMETER_RUNNING_MEAN)[c];
        assert_float_equal(step->scale[c], factor, 1e-6);
        assert_float_equal(step->shift[c], find(fixture, 2, PARAMETER_SHIFT)[c] - mean * factor,
                           1e-6);
    }
}

static void absolutes(float *out, const float *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = fabsf(in[i]);
}

/*
 * The largest difference between two ways to normalise a convolution's output. Each is a sum of n
 * terms and a bias. Its n + 1 roundings, and 6 more as slack for folding or normalising, have a
 * relative error of at most 2^-24 of the sum of magnitudes: scale * inverse * (sum of |weight * in|
 * + |bias| + |mean|) + |shift|. `magnitude` is that of the convolution.
 */
static double tolerance(double magnitude, double factor, double mean, double shift, size_t terms)
{
    double bound = fabs(factor) * (magnitude + fabs(mean)) + fabs(shift);
    return 2.0 * (double)(terms + 7) * 0x1p-24 * bound;
}

/* A convolution of NHWC numbers from OIHW weights. */
static void convolve(float *out, const float *in, const float *weight, const struct conv2d *sizes)
{
    struct conv2d_fused layer;
    assert_true(conv2d_fused_init(&layer, sizes, false, false, weight, NULL, kernels_select()));
    assert_int_equal(conv2d_fused_scratch_floats(&layer), 0);
    conv2d_fused_forward(out, in, 1, &layer, NULL, kernels_select());
    conv2d_fused_release(&layer);
}

/* Compares layers `index` and `index` + 1 with ReLU, computed one by one, with the step that
 * they were folded into. */
static void check_fold(const struct fixture *fixture, size_t index,
                       const struct conv2d_fused *convolution)
{
    static float in[MAX_PIXELS], out[MAX_PIXELS], folded[MAX_PIXELS];
    static float magnitude[MAX_PIXELS], weight[MAX_PIXELS];
    const struct layer *layer = &fixture->architecture.layers[index];
    const float *own = find(fixture, index, PARAMETER_WEIGHT);
    size_t terms = conv2d_depth(&convolution->sizes), channels = layer->out.channels;
    size_t inputs = shape_elements(&layer->in);
    fill_numbers(in, inputs, 2);
    conv2d_fused_forward(folded, in, 1, convolution, NULL, kernels_select());
    convolve(out, in, own, &convolution->sizes);
    absolutes(in, in, inputs);
    absolutes(weight, own, terms * channels);
    convolve(magnitude, in, weight, &convolution->sizes);
    for (size_t i = 0; i < shape_elements(&layer->out); i++) {
        size_t c = i % channels;
        double variance = find(fixture, index + 1, PARAMETER_RUNNING_VAR)[c];
        double factor = find(fixture, index + 1, PARAMETER_SCALE)[c] /
                        sqrt(variance + (double)(layer + 1)->epsilon);
        double mean = find(fixture, index + 1, PARAMETER_RUNNING_MEAN)[c];
        double shift = find(fixture, index + 1, PARAMETER_SHIFT)[c];
        double expected = fmax((out[i] - mean) * factor + shift, 0.0);
        assert_true(fabs((double)folded[i] - expected) <=
                    tolerance(magnitude[i], factor, mean, shift, terms));
    }
}

static void plan_folds_normalisation_into_the_same_function(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    check_fold(fixture, 4, &fixture->plan.steps[3].conv2d);
}

static void plan_takes_a_variance_of_zero(void **state)
{
    struct fixture *fixture = *state;
    find(fixture, 5, PARAMETER_RUNNING_VAR)[0] = 0.0f;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    check_fold(fixture, 4, &fixture->plan.steps[3].conv2d);
}

static void assert_plan_refused(struct fixture *fixture, const char *words)
{
    assert_failure(make_plan(fixture), &error, DIGIT_INVALID, words);
    plan_release(&fixture->plan);
}

static void plan_refuses_parameters_that_are_not_finite(void **state)
{
    struct fixture *fixture = *state;
    float *weight = find(fixture, 4, PARAMETER_WEIGHT);
    static const float values[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        weight[7] = values[i];
        assert_plan_refused(fixture, "here: tensor conv2.weight: element 7 is not finite");
    }
    weight[7] = 0.0f;
    fixture->parameters[fixture->table.total - 1] = NAN;
    assert_plan_refused(fixture, "here: tensor logits.bias: element 9 is not finite");
}

static void plan_refuses_a_negative_variance(void **state)
{
    struct fixture *fixture = *state;
    find(fixture, 5, PARAMETER_RUNNING_VAR)[2] = -0.25f;
    assert_plan_refused(
        fixture,
        "here: tensor norm2.running_var: element 2 is -0.25; a variance must not be negative");
}

/* tiny.json begins with a 5x3 kernel, and has a normalisation after a ReLU. */
static void plan_refuses_layers_that_cannot_run_in_int8(void **state)
{
    struct fixture *fixture = *state;
    const struct quantisation quantisation = {
        .count = 3, .ranges = {4.0f, 4.0f, 4.0f}, .deviation = 1.0f};
    assert_failure(plan_init(&fixture->plan, &fixture->architecture, &fixture->table,
                             fixture->parameters, &quantisation, kernels_select(), "here", &error),
                   &error, DIGIT_UNSUPPORTED, "here: the layers cannot run in int8");
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

TEST_MAIN(WITH_FIXTURE(plan_leaves_out_dropout_and_flatten_and_folds_what_follows_a_convolution),
          WITH_FIXTURE(plan_leaves_the_parameters_as_they_are),
          WITH_FIXTURE(a_dense_layer_is_a_convolution_of_the_whole_picture),
          WITH_FIXTURE(plan_gives_layers_without_bias_zeros),
          WITH_FIXTURE(plan_keeps_a_normalisation_that_follows_no_convolution),
          WITH_FIXTURE(plan_folds_normalisation_into_the_same_function),
          WITH_FIXTURE(plan_takes_a_variance_of_zero),
          WITH_FIXTURE(plan_refuses_parameters_that_are_not_finite),
          WITH_FIXTURE(plan_refuses_a_negative_variance),
          WITH_FIXTURE(plan_refuses_layers_that_cannot_run_in_int8))
