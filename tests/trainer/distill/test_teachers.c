#include "trainer/distill/teachers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <digit/context.h>

#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"
#include "tests/trainer/distill/teacher_file.h"
#include "tests/trainer/fixtures.h"
#include "trainer/export/model_file.h"

#define IMAGES 19

static struct digit_error error;

static void make_pixels(float pixels[IMAGES * DIGIT_PIXELS])
{
    fill_numbers(pixels, IMAGES * DIGIT_PIXELS, 3);
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++)
        pixels[i] = fabsf(pixels[i]);
}

/* Adds half the logarithms of the probabilities of the model at `path`. */
static void add_half(double out[IMAGES][DIGIT_CLASSES], const char *path, const float *pixels)
{
    struct digit_model *model;
    struct digit_context *context;
    struct digit_prediction predictions[IMAGES];
    assert_int_equal(digit_model_load(&model, path, NULL, &error), DIGIT_OK);
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    assert_int_equal(digit_context_predict(context, predictions, pixels, IMAGES, &error), DIGIT_OK);
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t digit = 0; digit < DIGIT_CLASSES; digit++)
            out[i][digit] += 0.5 * log((double)predictions[i].probabilities[digit]);
    digit_context_destroy(context);
    digit_model_destroy(model);
}

TEST(logits_are_the_mean_of_the_logarithms)
{
    static float pixels[IMAGES * DIGIT_PIXELS], logits[IMAGES * DIGIT_CLASSES];
    double expected[IMAGES][DIGIT_CLASSES] = {{0.0}};
    char *paths[] = {teacher_file_write(*state, "a.safetensors", 1),
                     teacher_file_write(*state, "b.safetensors", 2)};
    const char *const names[] = {paths[0], paths[1]};
    struct teachers *teachers;
    make_pixels(pixels);
    assert_int_equal(teachers_create(&teachers, names, 2, 3, &error), DIGIT_OK);
    assert_int_equal(teachers_count(teachers), 2);
    assert_string_not_equal(teachers_info(teachers, 0)->sha256, teachers_info(teachers, 1)->sha256);
    assert_int_equal(teachers_predict(teachers, logits, pixels, IMAGES, 2, &error), DIGIT_OK);
    for (size_t i = 0; i < 2; i++)
        add_half(expected, paths[i], pixels);
    for (size_t i = 0; i < IMAGES * DIGIT_CLASSES; i++) /* logf, and a sum of two */
        assert_true(fabs(logits[i] - (&expected[0][0])[i]) < 1e-5);
    teachers_destroy(teachers);
    teachers_destroy(NULL);
    free(paths[0]);
    free(paths[1]);
}

/* Sets the temperature of the model at `path` to 3. */
static void soften(const char *path)
{
    static const struct model_calibration softer = {3.0f, 0.5f};
    char text[MODEL_CALIBRATION_TEXT_BYTES];
    struct model_file file;
    model_calibration_format(text, &softer);
    assert_int_equal(model_file_open(&file, path, &error), DIGIT_OK);
    assert_int_equal(safetensors_set_metadata(file.tensors, MODEL_KEY_CALIBRATION, text, &error),
                     DIGIT_OK);
    assert_int_equal(model_file_write(path, &file, &error), DIGIT_OK);
    model_file_release(&file);
}

/* The logits of the teacher at `path` for an image, relative to the first class. */
static void predict_relative_logits(float out[DIGIT_CLASSES], const char *path, const float *pixels)
{
    struct teachers *teachers;
    assert_int_equal(teachers_create(&teachers, &path, 1, 1, &error), DIGIT_OK);
    assert_int_equal(teachers_predict(teachers, out, pixels, 1, 0, &error), DIGIT_OK);
    for (size_t i = DIGIT_CLASSES; i-- > 0;)
        out[i] -= out[0];
    teachers_destroy(teachers);
}

TEST(a_teachers_calibration_does_not_change_its_logits)
{
    static float pixels[IMAGES * DIGIT_PIXELS];
    float before[DIGIT_CLASSES], after[DIGIT_CLASSES];
    char *path = teacher_file_write(*state, "a.safetensors", 1);
    make_pixels(pixels);
    predict_relative_logits(before, path, pixels);
    soften(path);
    predict_relative_logits(after, path, pixels);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) /* logf, three times */
        assert_true(fabsf(after[i] - before[i]) < 1e-5f);
    free(path);
}

TEST(a_teacher_that_cannot_be_loaded_is_reported)
{
    char *good = teacher_file_write(*state, "a.safetensors", 1);
    char *missing = folder_path(*state, "missing.safetensors");
    const char *const names[] = {good, missing};
    struct teachers *teachers;
    assert_failure(teachers_create(&teachers, names, 2, 1, &error), &error, DIGIT_IO,
                   "missing.safetensors");
    assert_null(teachers);
    free(missing);
    free(good);
}

TEST(pixels_that_are_not_finite_are_an_error)
{
    static float pixels[IMAGES * DIGIT_PIXELS], logits[IMAGES * DIGIT_CLASSES];
    char *path = teacher_file_write(*state, "a.safetensors", 1);
    const char *const names[] = {path};
    struct teachers *teachers;
    make_pixels(pixels);
    pixels[5 * DIGIT_PIXELS + 400] = NAN;
    assert_int_equal(teachers_create(&teachers, names, 1, 1, &error), DIGIT_OK);
    assert_failure(teachers_predict(teachers, logits, pixels, IMAGES, 0, &error), &error,
                   DIGIT_INVALID, "not finite");
    teachers_destroy(teachers);
    free(path);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

TEST_MAIN(WITH_FIXTURE(logits_are_the_mean_of_the_logarithms),
          WITH_FIXTURE(a_teachers_calibration_does_not_change_its_logits),
          WITH_FIXTURE(a_teacher_that_cannot_be_loaded_is_reported),
          WITH_FIXTURE(pixels_that_are_not_finite_are_an_error))
