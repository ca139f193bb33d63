#include "core/network/model.h"

#include <stdlib.h>

#include <digit/context.h>

#include "core/network/model_data.h"
#include "tests/core/network/model_draft.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

static struct digit_error error;

static void predict(struct digit_prediction *out, const struct digit_model *model)
{
    float pixels[DIGIT_PIXELS];
    fill_numbers(pixels, DIGIT_PIXELS, 3);
    struct digit_context *context = NULL;
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    assert_int_equal(digit_context_predict(context, out, pixels, 1, &error), DIGIT_OK);
    digit_context_destroy(context);
}

static void a_saved_model_answers_as_the_one_in_memory(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    struct digit_model *loaded = draft_load(path, NULL), *made = make_model(TINY_JSON);
    struct digit_prediction a, b;
    predict(&a, loaded);
    predict(&b, made);
    assert_memory_equal(a.probabilities, b.probabilities, sizeof a.probabilities);
    assert_int_equal(a.digit, b.digit);
    assert_string_equal(digit_model_info(made)->labels[7], "7");
    digit_model_destroy(loaded);
    digit_model_destroy(made);
}

/* A model from a file with a calibration gives the same predictions as the model in memory with
 * that calibration. */
static void a_calibration_is_saved_loaded_and_used(void **state)
{
    static const struct model_calibration softer = {2.5f, 0.25f};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_prediction a, b, uncalibrated;
    struct model_card calibrated = draft_card;
    temp_folder_path(path, state, "model");
    calibrated.calibration = &softer;
    draft_save(path, TINY_JSON, &calibrated);
    struct digit_model *loaded = draft_load(path, NULL), *made = make_model(TINY_JSON);
    assert_true(digit_model_info(loaded)->temperature == 2.5f);
    assert_true(digit_model_info(loaded)->uncertain_above == 0.25f);
    predict(&uncalibrated, made);
    model_calibrate(made, &softer);
    assert_true(digit_model_info(made)->temperature == 2.5f);
    predict(&a, loaded);
    predict(&b, made);
    assert_memory_equal(a.probabilities, b.probabilities, sizeof a.probabilities);
    assert_int_equal(a.digit, uncalibrated.digit);
    assert_true(a.uncertainty > uncalibrated.uncertainty && a.uncertainty > 0.25f);
    assert_true(a.uncertain && b.uncertain);
    digit_model_destroy(loaded);
    digit_model_destroy(made);
}

static void golden_digits_are_saved_and_loaded(void **state)
{
    static const struct golden golden = {
        .count = 2,
        .octets = {{1, 2, 255}, {3}},
        .f32 = {true, {7, 0}, {[0][7] = 0.75f, [0][8] = 0.25f, [1][0] = 1.0f}},
    };
    char path[TEMP_FOLDER_PATH_BYTES];
    struct model_card card = draft_card;
    temp_folder_path(path, state, "model");
    card.golden = &golden;
    draft_save(path, TINY_JSON, &card);
    struct digit_model *model = draft_load(path, NULL);
    assert_int_equal(digit_model_info(model)->golden_count, 2);
    assert_memory_equal(&model->golden, &golden, sizeof golden);
    digit_model_destroy(model);
}

static void the_training_record_is_kept(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    struct safetensors *file = draft_read_tensors(path);
    assert_string_equal(safetensors_metadata(file, "training"), draft_card.training);
    assert_string_equal(safetensors_metadata(file, "format"), "pt");
    safetensors_destroy(file);
}

static void a_model_that_cannot_be_saved_leaves_nothing(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing/model");
    struct architecture architecture;
    load_architecture(&architecture, TINY_JSON);
    float *parameters = make_parameters(&architecture, 1);
    assert_failure(model_save(path, &architecture, parameters, &draft_card, &error), &error,
                   DIGIT_IO, path);
    assert_int_equal(temp_folder_count(state), 0);
    free(parameters);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

TEST_MAIN(IN_FOLDER(a_saved_model_answers_as_the_one_in_memory),
          IN_FOLDER(a_calibration_is_saved_loaded_and_used),
          IN_FOLDER(golden_digits_are_saved_and_loaded), IN_FOLDER(the_training_record_is_kept),
          IN_FOLDER(a_model_that_cannot_be_saved_leaves_nothing))
