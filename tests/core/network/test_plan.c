#include "core/network/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/layers/batchnorm2d.h"
#include "core/layers/conv2d.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"

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
                     "here", &error);
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
    /* tiny.json: norm1 follows relu and stays, norm2 follows conv2 and goes. */
    static const enum step_type expected[] = {STEP_CONV2D,    STEP_RELU,   STEP_BATCHNORM2D,
                                              STEP_MAXPOOL2D, STEP_CONV2D, STEP_RELU,
                                              STEP_DENSE,     STEP_RELU,   STEP_DENSE};
    static const size_t elements[] = {560, 560, 560, 96, 48, 48, 12, 12, 10};
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    assert_int_equal(fixture->plan.step_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < fixture->plan.step_count; i++) {
        assert_int_equal(fixture->plan.steps[i].type, expected[i]);
        assert_int_equal(fixture->plan.steps[i].out_elements, elements[i]);
    }
    assert_int_equal(fixture->plan.max_elements, 784);
}

static void plan_copies_the_parameters(void **state)
{
    struct fixture *fixture = *state;
    size_t size = fixture->table.total * sizeof(float);
    float *before = malloc(size);
    assert_non_null(before);
    memcpy(before, fixture->parameters, size);
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    assert_memory_equal(fixture->parameters, before, size);
    const struct step *dense = &fixture->plan.steps[8];
    assert_ptr_not_equal(dense->weight, find(fixture, 11, PARAMETER_WEIGHT));
    assert_memory_equal(dense->weight, find(fixture, 11, PARAMETER_WEIGHT), 120 * sizeof(float));
    free(before);
}

static void plan_gives_layers_without_bias_zeros(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(fixture->plan.steps[6].bias[i] == 0.0f);
}

static void plan_keeps_a_normalisation_that_follows_no_convolution(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    const struct step *step = &fixture->plan.steps[2];
    const float *variance = find(fixture, 2, PARAMETER_RUNNING_VAR);
    assert_memory_equal(step->weight, find(fixture, 2, PARAMETER_SCALE), 4 * sizeof(float));
    assert_memory_equal(step->bias, find(fixture, 2, PARAMETER_SHIFT), 4 * sizeof(float));
    assert_memory_equal(step->mean, find(fixture, 2, PARAMETER_RUNNING_MEAN), 4 * sizeof(float));
    for (size_t i = 0; i < 4; i++)
        assert_true(step->inverse[i] == (float)(1.0 / sqrt((double)variance[i] + 1e-5f)));
    /* The convolution two layers before it is as it was. */
    assert_memory_equal(fixture->plan.steps[0].weight, find(fixture, 0, PARAMETER_WEIGHT),
                        60 * sizeof(float));
}

static void absolutes(float *out, const float *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = fabsf(in[i]);
}

/*
 * How far two ways to normalise a convolution's output may lie apart. Each is a sum of n terms and
 * a bias, whose n + 1 roundings and, with slack for folding or normalising, 6 more err by at most
 * 2^-24 each, relative to the sum of the terms' magnitudes: scale * inverse * (sum of |weight * in|
 * + |bias| + |mean|) + |shift|. `magnitude` holds that of the convolution.
 */
static double tolerance(double magnitude, double factor, double mean, double shift, size_t terms)
{
    double bound = fabs(factor) * (magnitude + fabs(mean)) + fabs(shift);
    return 2.0 * (double)(terms + 7) * 0x1p-24 * bound;
}

/* Layers `index` and `index` + 1 as they stand, beside the step that they were folded into. */
static void check_fold(const struct fixture *fixture, size_t index, const struct step *step)
{
    static float in[MAX_PIXELS], out[MAX_PIXELS], folded[MAX_PIXELS], normal[MAX_PIXELS];
    static float magnitude[MAX_PIXELS], weight[MAX_PIXELS], inverse[64];
    const struct layer *layer = &fixture->architecture.layers[index];
    const struct conv2d conv = layer_conv2d(layer);
    const struct batchnorm2d norm = layer_batchnorm2d(layer + 1);
    const float *scale = find(fixture, index + 1, PARAMETER_SCALE);
    const float *shift = find(fixture, index + 1, PARAMETER_SHIFT);
    const float *mean = find(fixture, index + 1, PARAMETER_RUNNING_MEAN);
    const float *variance = find(fixture, index + 1, PARAMETER_RUNNING_VAR);
    const float *own = find(fixture, index, PARAMETER_WEIGHT);
    size_t terms = conv.in_channels * conv.kernel_height * conv.kernel_width;
    size_t inputs = shape_elements(&layer->in);
    fill_numbers(in, inputs, 2);
    for (size_t c = 0; c < norm.channels; c++)
        inverse[c] = 1.0f / sqrtf(variance[c] + (layer + 1)->epsilon);

    conv2d_forward(folded, in, step->weight, step->bias, &conv, 1);
    conv2d_forward(out, in, own, NULL, &conv, 1);
    batchnorm2d_forward(normal, out, mean, inverse, scale, shift, &norm, 1);
    absolutes(in, in, inputs);
    absolutes(weight, own, terms * norm.channels);
    conv2d_forward(magnitude, in, weight, NULL, &conv, 1);
    for (size_t i = 0; i < shape_elements(&layer->out); i++) {
        size_t c = i / norm.pixels;
        assert_true(fabs((double)folded[i] - normal[i]) <=
                    tolerance(magnitude[i], scale[c] * inverse[c], mean[c], shift[c], terms));
    }
}

static void plan_folds_normalisation_into_the_same_function(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    check_fold(fixture, 4, &fixture->plan.steps[4]);
}

static void plan_takes_a_variance_of_zero(void **state)
{
    struct fixture *fixture = *state;
    find(fixture, 5, PARAMETER_RUNNING_VAR)[0] = 0.0f;
    assert_int_equal(make_plan(fixture), DIGIT_OK);
    check_fold(fixture, 4, &fixture->plan.steps[4]);
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
    assert_plan_refused(fixture,
                        "here: tensor norm2.running_var: element 2 is -0.25, a variance below");
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(plan_leaves_out_dropout_and_flatten_and_folds_what_follows_a_convolution),
        WITH_FIXTURE(plan_copies_the_parameters),
        WITH_FIXTURE(plan_gives_layers_without_bias_zeros),
        WITH_FIXTURE(plan_keeps_a_normalisation_that_follows_no_convolution),
        WITH_FIXTURE(plan_folds_normalisation_into_the_same_function),
        WITH_FIXTURE(plan_takes_a_variance_of_zero),
        WITH_FIXTURE(plan_refuses_parameters_that_are_not_finite),
        WITH_FIXTURE(plan_refuses_a_negative_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
