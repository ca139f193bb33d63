#include <digit/self_test.h>

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/preprocess.h>

#include "core/network/model_data.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define COUNT 20 /* more than a block of images */

static struct digit_error error;

/* Gives the model COUNT golden digits with what it answers for them now. */
static void record(struct digit_model *model)
{
    struct golden *golden = &model->golden;
    struct golden_answers *answers = model->plan.int8 ? &golden->int8 : &golden->f32;
    struct digit_prediction predictions[COUNT];
    struct digit_context *context;
    golden->count = COUNT;
    answers->recorded = true;
    for (size_t i = 0; i < COUNT * DIGIT_PIXELS; i++)
        golden->octets[i / DIGIT_PIXELS][i % DIGIT_PIXELS] = (uint8_t)(i * 2654435761u >> 13);
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    assert_int_equal(
        digit_context_predict_octets(context, predictions, golden->octets[0], COUNT, &error),
        DIGIT_OK);
    digit_context_destroy(context);
    for (size_t i = 0; i < COUNT; i++) {
        answers->digits[i] = (uint8_t)predictions[i].digit;
        memcpy(answers->probabilities[i], predictions[i].probabilities,
               sizeof answers->probabilities[i]);
    }
}

static struct digit_model *recorded_model(void)
{
    struct digit_model *model = make_model(TINY_JSON);
    record(model);
    return model;
}

TEST(a_model_that_answers_as_recorded_passes)
{
    struct digit_model *model = recorded_model();
    if (digit_model_self_test(model, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    digit_model_destroy(model);
}

/* The file's answers are from AVX-512 kernels, whatever runs here. */
TEST(the_shipped_model_passes_with_all_kernels)
{
    static const char path[] = SOURCE_DIR "/models/digits.safetensors";
    for (size_t i = 0; digit_kernels_name(i) != NULL; i++)
        for (int precision = DIGIT_PRECISION_F32; precision <= DIGIT_PRECISION_INT8; precision++) {
            const struct digit_model_options options = {(enum digit_precision)precision,
                                                        digit_kernels_name(i)};
            struct digit_model *model;
            assert_int_equal(digit_model_load(&model, path, &options, &error), DIGIT_OK);
            assert_int_equal(digit_model_info(model)->golden_count, 20);
            if (digit_model_self_test(model, &error) != DIGIT_OK)
                fail_msg("%s: %s", options.kernels, error.message);
            digit_model_destroy(model);
        }
}

/* A certain answer shows a change in its small probabilities. */
TEST(small_probabilities_count)
{
    struct digit_model *model = recorded_model();
    float *answer = model->golden.f32.probabilities[0];
    /* Of logits that are this certain, only the digit's probability is not small. */
    const struct model_calibration certain = {0.05f, 0.5f};
    model_calibrate(model, &certain);
    record(model);
    size_t digit = model->golden.f32.digits[0], small = (digit + 1) % DIGIT_CLASSES;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        if (i != digit && answer[i] < answer[small])
            small = i;
    assert_true(answer[small] < 1e-6f && answer[small] > 1e-29f);
    answer[small] *= 1.02f;
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID, "golden digit 0");
    digit_model_destroy(model);
}

/* The last one is in the second block of images. */
TEST(a_probability_beyond_the_tolerance_is_named)
{
    static const size_t indices[] = {0, COUNT - 1};
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++) {
        char words[64];
        struct digit_model *model = recorded_model();
        float *probability = &model->golden.f32.probabilities[indices[i]][3], right = *probability;
        *probability = right * (1.0f + 0.5f * DIGIT_SELF_TEST_TOLERANCE_F32);
        assert_int_equal(digit_model_self_test(model, &error), DIGIT_OK);
        *probability = right * (1.0f + 1.5f * DIGIT_SELF_TEST_TOLERANCE_F32);
        snprintf(words, sizeof words, "golden digit %zu: the probability of class 3 is ",
                 indices[i]);
        assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID, words);
        assert_non_null(strstr(error.message, " within 1 %"));
        *probability = right * (1.0f - 1.5f * DIGIT_SELF_TEST_TOLERANCE_F32);
        assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID, words);
        digit_model_destroy(model);
    }
}

TEST(another_digit_is_named)
{
    char words[64];
    struct digit_model *model = recorded_model();
    size_t is = model->golden.f32.digits[4], must_be = (is + 1) % DIGIT_CLASSES;
    model->golden.f32.digits[4] = (uint8_t)must_be;
    snprintf(words, sizeof words, "golden digit 4 is recognised as class %zu, must be %zu", is,
             must_be);
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID, words);
    digit_model_destroy(model);
}

static struct digit_model *int8_model(void)
{
    static const struct digit_model_options options = {.precision = DIGIT_PRECISION_INT8};
    static const struct model_preprocessing preprocessing = {
        DIGIT_PREPROCESSING_VERSION, MODEL_MNIST_MEAN, MODEL_MNIST_DEVIATION};
    struct quantisation quantisation = {
        .count = 6, .mean = MODEL_MNIST_MEAN, .deviation = MODEL_MNIST_DEVIATION};
    for (size_t i = 0; i < quantisation.count; i++)
        quantisation.ranges[i] = 4.0f;
    struct architecture architecture;
    struct digit_model *model;
    load_architecture(&architecture, DIGITS_JSON);
    float *parameters = make_parameters(&architecture, 1);
    if (model_create(&model, &architecture, parameters, &preprocessing, &quantisation, &options,
                     &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
    return model;
}

TEST(int8_has_answers_and_a_tolerance_of_its_own)
{
    struct digit_model *model = int8_model();
    record(model);
    assert_int_equal(digit_model_self_test(model, &error), DIGIT_OK);
    model->golden.int8.probabilities[2][5] *= 1.000003f;
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID,
                   "golden digit 2: the probability of class 5 is ");
    model->golden.f32 = model->golden.int8;
    model->golden.int8.recorded = false;
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID,
                   "the golden digits have no answers in int8; record them with digitd-train "
                   "--record-golden");
    digit_model_destroy(model);
}

TEST(without_golden_digits_a_sound_model_passes)
{
    struct digit_model *float32 = make_model(TINY_JSON), *int8 = int8_model();
    assert_int_equal(digit_model_info(float32)->golden_count, 0);
    assert_int_equal(digit_model_self_test(float32, &error), DIGIT_OK);
    assert_int_equal(digit_model_self_test(int8, &error), DIGIT_OK);
    digit_model_destroy(float32);
    digit_model_destroy(int8);
}

/* All parameters are finite, as every model file's must be. */
static struct digit_model *overflowing_model(void)
{
    static const struct model_preprocessing preprocessing = {DIGIT_PREPROCESSING_VERSION, 0, 1};
    struct architecture architecture;
    struct parameter_table table;
    struct digit_model *model;
    load_architecture(&architecture, TINY_JSON);
    parameter_table_init(&table, &architecture);
    float *parameters = make_parameters(&architecture, 1);
    const struct parameter *weight = &table.items[table.count - 2];
    assert_string_equal(weight->name, "logits.weight");
    for (size_t i = 0; i < weight->count; i++)
        parameters[weight->offset + i] = 0.9f * FLT_MAX;
    assert_int_equal(
        model_create(&model, &architecture, parameters, &preprocessing, NULL, NULL, &error),
        DIGIT_OK);
    free(parameters);
    return model;
}

TEST(logits_that_are_not_finite_fail_with_and_without_golden_digits)
{
    struct digit_model *model = overflowing_model(), *sound = recorded_model();
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID, "pattern ");
    assert_non_null(strstr(error.message, ": the logits are not finite"));
    model->golden = sound->golden;
    assert_failure(digit_model_self_test(model, &error), &error, DIGIT_INVALID,
                   "golden digit 0: the logits are not finite");
    digit_model_destroy(model);
    digit_model_destroy(sound);
}

TEST_MAIN(cmocka_unit_test(a_model_that_answers_as_recorded_passes),
          cmocka_unit_test(the_shipped_model_passes_with_all_kernels),
          cmocka_unit_test(a_probability_beyond_the_tolerance_is_named),
          cmocka_unit_test(small_probabilities_count), cmocka_unit_test(another_digit_is_named),
          cmocka_unit_test(int8_has_answers_and_a_tolerance_of_its_own),
          cmocka_unit_test(without_golden_digits_a_sound_model_passes),
          cmocka_unit_test(logits_that_are_not_finite_fail_with_and_without_golden_digits))
