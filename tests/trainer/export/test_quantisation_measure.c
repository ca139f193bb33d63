#include "trainer/export/quantisation_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>

#include "core/network/model_data.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define IMAGES 40

static struct digit_error error;

static uint8_t *make_octets(void)
{
    float numbers[DIGIT_PIXELS];
    uint8_t *octets = malloc(IMAGES * DIGIT_PIXELS);
    assert_non_null(octets);
    for (size_t i = 0; i < IMAGES; i++) {
        fill_numbers(numbers, DIGIT_PIXELS, 5 + i);
        for (size_t j = 0; j < DIGIT_PIXELS; j++)
            octets[i * DIGIT_PIXELS + j] = (uint8_t)lrintf(255.0f * fabsf(numbers[j]));
    }
    return octets;
}

/* The int8 model of `path`; make_model makes the float32 model with the same parameters. */
static struct digit_model *make_int8(const char *path, const struct quantisation *quantisation,
                                     const struct kernels *kernels)
{
    struct digit_model *model = make_model(path);
    float *parameters = make_parameters(&model->architecture, 1);
    plan_release(&model->plan);
    if (plan_init(&model->plan, &model->architecture, &model->table, parameters, quantisation,
                  kernels, "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
    return model;
}

static void predict(struct digit_prediction out[IMAGES], const struct digit_model *model,
                    const uint8_t *octets)
{
    struct digit_context *context;
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    assert_int_equal(digit_context_predict_octets(context, out, octets, IMAGES, &error), DIGIT_OK);
    digit_context_destroy(context);
}

static void measure(struct quantisation *out, const struct digit_model *model,
                    const uint8_t *octets)
{
    if (quantisation_measure(out, model, octets, IMAGES, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

TEST(there_is_a_range_for_each_convolution_but_the_last)
{
    struct digit_model *model = make_model(BASELINE_JSON);
    struct quantisation all, one;
    uint8_t *octets = make_octets();
    measure(&all, model, octets);
    assert_int_equal(all.count, 3);
    assert_true(all.mean == MODEL_MNIST_MEAN && all.deviation == MODEL_MNIST_DEVIATION);
    /* The largest of all images is the largest of one of them. */
    float largest[3] = {0};
    for (size_t i = 0; i < IMAGES; i++) {
        assert_int_equal(quantisation_measure(&one, model, octets + i * DIGIT_PIXELS, 1, &error),
                         DIGIT_OK);
        for (size_t r = 0; r < 3; r++)
            largest[r] = fmaxf(largest[r], one.ranges[r]);
    }
    for (size_t r = 0; r < 3; r++)
        assert_true(all.ranges[r] > 0.0f && all.ranges[r] == largest[r]);
    free(octets);
    digit_model_destroy(model);
}

static void check_answers(const char *path)
{
    struct digit_model *model = make_model(path);
    struct quantisation quantisation;
    struct digit_prediction f32[IMAGES], int8[IMAGES], first[IMAGES];
    uint8_t *octets = make_octets();
    measure(&quantisation, model, octets);
    predict(f32, model, octets);
    for (size_t k = 0; kernels_at(k) != NULL; k++) {
        struct digit_model *quantised = make_int8(path, &quantisation, kernels_at(k));
        predict(int8, quantised, octets);
        if (k == 0)
            memcpy(first, int8, sizeof first);
        assert_memory_equal(int8, first, sizeof first);
        digit_model_destroy(quantised);
    }
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t d = 0; d < DIGIT_CLASSES; d++)
            if (!(fabsf(first[i].probabilities[d] - f32[i].probabilities[d]) < 0.05f))
                fail_msg("image %zu, digit %zu: %g in int8, %g in float32", i, d,
                         (double)first[i].probabilities[d], (double)f32[i].probabilities[d]);
    free(octets);
    digit_model_destroy(model);
}

TEST(answers_are_near_those_in_float32_and_the_same_on_all_kernels)
{
    check_answers(DIGITS_JSON);
    check_answers(BASELINE_JSON);
}

TEST(only_float32_is_measured)
{
    struct digit_model *model = make_model(DIGITS_JSON);
    struct quantisation quantisation;
    uint8_t *octets = make_octets();
    measure(&quantisation, model, octets);
    struct digit_model *int8 = make_int8(DIGITS_JSON, &quantisation, kernels_select());
    assert_failure(quantisation_measure(&quantisation, int8, octets, 1, &error), &error,
                   DIGIT_UNSUPPORTED,
                   "activation ranges are measured in float32; the model runs in int8");
    free(octets);
    digit_model_destroy(int8);
    digit_model_destroy(model);
}

TEST_MAIN(cmocka_unit_test(there_is_a_range_for_each_convolution_but_the_last),
          cmocka_unit_test(answers_are_near_those_in_float32_and_the_same_on_all_kernels),
          cmocka_unit_test(only_float32_is_measured))
