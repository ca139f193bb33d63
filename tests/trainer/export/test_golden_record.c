#include "trainer/export/golden_record.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/self_test.h>

#include "core/base/file.h"
#include "core/network/model_data.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/export/calibrate.h"
#include "trainer/export/golden_digits.h"
#include "trainer/export/quantise.h"
#include "trainer/net/network.h"

#define SHIPPED   SOURCE_DIR "/models/digits.safetensors"
#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

/* The network whose architecture is at `json`, with made-up parameters. */
struct made {
    struct architecture architecture;
    struct parameter_table table;
    float *parameters;
};

static void make(struct made *out, const char *json)
{
    load_architecture(&out->architecture, json);
    parameter_table_init(&out->table, &out->architecture);
    out->parameters = make_parameters(&out->architecture, 1);
}

static void save(const char *path, const struct made *made, const struct golden *golden)
{
    const struct model_card card = {
        .labels = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
        .preprocessing = train_preprocessing,
        .training = "{\"recipe\":{\"validation\":10},\"data\":{\"train_sha256\":\"abc\"}}",
        .golden = golden,
    };
    if (model_save(path, &made->architecture, made->parameters, &card, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

static struct digit_model *load(const char *path, enum digit_precision precision)
{
    const struct digit_model_options options = {.precision = precision};
    struct digit_model *model;
    if (digit_model_load(&model, path, &options, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return model;
}

static void assert_passes(const char *path, enum digit_precision precision)
{
    struct digit_model *model = load(path, precision);
    assert_int_equal(digit_model_info(model)->golden_count, GOLDEN_DIGITS);
    if (digit_model_self_test(model, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    digit_model_destroy(model);
}

TEST(a_recorded_network_passes_the_self_test)
{
    static const struct model_calibration softer = {3.0f, 0.5f};
    char *folder = folder_make(), *path = folder_path(folder, "m");
    static struct golden plain, soft;
    struct made made;
    make(&made, TINY_JSON);
    assert_int_equal(golden_record(&plain, &made.architecture, made.parameters, NULL, NULL, &error),
                     DIGIT_OK);
    assert_int_equal(
        golden_record(&soft, &made.architecture, made.parameters, NULL, &softer, &error), DIGIT_OK);
    assert_true(plain.f32.recorded && !plain.int8.recorded);
    assert_memory_equal(plain.f32.digits, soft.f32.digits, sizeof soft.f32.digits);
    size_t digit = plain.f32.digits[0];
    assert_true(soft.f32.probabilities[0][digit] < plain.f32.probabilities[0][digit]);
    save(path, &made, &plain);
    assert_passes(path, DIGIT_PRECISION_F32);
    free(made.parameters);
    free(path);
    folder_remove(folder);
}

/* What another build wrote, with the kernels of another processor, stays what it is. */
TEST(recording_the_shipped_model_again_gives_the_same_answers)
{
    struct model_file file;
    size_t recognised = 0;
    struct digit_model *before = load(SHIPPED, DIGIT_PRECISION_INT8), *after;
    assert_int_equal(model_file_open(&file, SHIPPED, &error), DIGIT_OK);
    assert_int_equal(golden_record_again(&recognised, &file, SHIPPED, &error), DIGIT_OK);
    assert_int_equal(recognised, GOLDEN_DIGITS);
    static const struct digit_model_options fastest = {0};
    assert_int_equal(model_load_tensors(&after, file.tensors, SHIPPED, &fastest, &error), DIGIT_OK);
    assert_memory_equal(after->golden.int8.digits, before->golden.int8.digits, GOLDEN_DIGITS);
    after->golden.int8 = before->golden.int8;
    assert_int_equal(digit_model_self_test(after, &error), DIGIT_OK);
    digit_model_destroy(after);
    digit_model_destroy(before);
    model_file_release(&file);
}

TEST(a_file_without_golden_digits_gets_them_and_no_other_change)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    size_t recognised = SIZE_MAX;
    struct model_file before, after;
    struct made made;
    make(&made, TINY_JSON);
    save(path, &made, NULL);
    assert_int_equal(model_file_open(&before, path, &error), DIGIT_OK);
    if (golden_record_file(&recognised, path, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_true(recognised <= GOLDEN_DIGITS);
    assert_passes(path, DIGIT_PRECISION_F32);
    assert_int_equal(model_file_open(&after, path, &error), DIGIT_OK);
    size_t count = safetensors_metadata_count(before.tensors);
    assert_int_equal(safetensors_metadata_count(after.tensors), count + 1);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(safetensors_metadata_at(after.tensors, i).value,
                            safetensors_metadata_at(before.tensors, i).value);
    for (size_t i = 0; i < safetensors_count(before.tensors); i++)
        assert_memory_equal(safetensors_at(after.tensors, i)->data,
                            safetensors_at(before.tensors, i)->data,
                            safetensors_at(before.tensors, i)->count * sizeof(float));
    model_file_release(&before);
    model_file_release(&after);
    free(made.parameters);
    free(path);
    folder_remove(folder);
}

static void noise(struct dataset *out)
{
    static uint8_t images[40 * DIGIT_PIXELS], labels[40];
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = (uint8_t)(i * 2654435761u >> 13);
    for (size_t i = 0; i < sizeof labels; i++)
        labels[i] = (uint8_t)(i % DIGIT_CLASSES);
    *out = (struct dataset){.count = 40, .images = images, .labels = labels, .sha256 = "abc"};
}

TEST(ranges_that_are_added_are_recorded_in_int8)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    struct dataset train;
    struct made made;
    noise(&train);
    make(&made, DIGITS_JSON);
    save(path, &made, NULL);
    if (quantise_file(path, &train, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_passes(path, DIGIT_PRECISION_F32);
    assert_passes(path, DIGIT_PRECISION_INT8);
    free(made.parameters);
    free(path);
    folder_remove(folder);
}

/* Every third label is wrong, so that the best temperature is not 1. */
TEST(a_calibration_that_is_added_is_recorded)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    static struct golden golden;
    struct dataset train;
    struct made made;
    noise(&train);
    make(&made, TINY_JSON);
    assert_int_equal(
        golden_record(&golden, &made.architecture, made.parameters, NULL, NULL, &error), DIGIT_OK);
    save(path, &made, &golden);
    static uint8_t labels[40];
    struct digit_model *model = load(path, DIGIT_PRECISION_F32);
    struct digit_context *context;
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    for (size_t i = 0; i < train.count; i++) {
        struct digit_prediction prediction;
        assert_int_equal(digit_context_predict_octets(context, &prediction,
                                                      train.images + i * DIGIT_PIXELS, 1, &error),
                         DIGIT_OK);
        labels[i] = (uint8_t)((prediction.digit + (i % 3 == 0)) % DIGIT_CLASSES);
    }
    digit_context_destroy(context);
    digit_model_destroy(model);
    train.labels = labels;
    if (calibrate_file(path, &train, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    model = load(path, DIGIT_PRECISION_F32);
    assert_true(digit_model_info(model)->temperature != 1.0f);
    digit_model_destroy(model);
    assert_passes(path, DIGIT_PRECISION_F32);
    free(made.parameters);
    free(path);
    folder_remove(folder);
}

TEST(logits_that_are_not_finite_are_refused_and_the_file_is_kept)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    static struct golden golden;
    size_t recognised, size_bytes, size_after_bytes;
    uint8_t *bytes, *after;
    struct made made;
    make(&made, TINY_JSON);
    const struct parameter *weight = &made.table.items[made.table.count - 2];
    assert_string_equal(weight->name, "logits.weight");
    for (size_t i = 0; i < weight->count; i++)
        made.parameters[weight->offset + i] = 0.9f * FLT_MAX;
    assert_failure(golden_record(&golden, &made.architecture, made.parameters, NULL, NULL, &error),
                   &error, DIGIT_INVALID,
                   "tiny: golden digits in f32: image 0: the logits are not finite");
    save(path, &made, NULL);
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_failure(golden_record_file(&recognised, path, &error), &error, DIGIT_INVALID, path);
    assert_int_equal(file_read(&after, &size_after_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(size_after_bytes, size_bytes);
    assert_memory_equal(after, bytes, size_bytes);
    free(bytes);
    free(after);
    free(made.parameters);
    free(path);
    folder_remove(folder);
}

TEST(digits_that_are_recognised_as_drawn_are_counted)
{
    static struct golden golden = {.count = GOLDEN_DIGITS, .f32.recorded = true};
    for (size_t i = 0; i < GOLDEN_DIGITS; i++)
        golden.f32.digits[i] = (uint8_t)(i / 2);
    golden.f32.digits[7] = 8;
    assert_int_equal(golden_record_recognised(&golden), GOLDEN_DIGITS - 1);
    golden.int8.recorded = true; /* and only zeros */
    assert_int_equal(golden_record_recognised(&golden), 2);
}

TEST_MAIN(cmocka_unit_test(a_recorded_network_passes_the_self_test),
          cmocka_unit_test(recording_the_shipped_model_again_gives_the_same_answers),
          cmocka_unit_test(a_file_without_golden_digits_gets_them_and_no_other_change),
          cmocka_unit_test(ranges_that_are_added_are_recorded_in_int8),
          cmocka_unit_test(a_calibration_that_is_added_is_recorded),
          cmocka_unit_test(logits_that_are_not_finite_are_refused_and_the_file_is_kept),
          cmocka_unit_test(digits_that_are_recognised_as_drawn_are_counted))
