#include "core/network/model.h"

#include <stdlib.h>
#include <string.h>

#include <digit/preprocess.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "tests/core/network/model_draft.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

static void file_digest(char out[SHA256_HEX_BYTES], const char *path)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    struct sha256_part part = {bytes, size_bytes};
    sha256_hex(out, &part, 1);
    free(bytes);
}

static void a_loaded_model_says_what_it_is(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES], digest[SHA256_HEX_BYTES];
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    file_digest(digest, path);
    struct digit_model *model = draft_load(path, NULL);
    const struct digit_model_info *info = digit_model_info(model);
    assert_string_equal(info->name, "tiny");
    assert_string_equal(info->sha256, digest);
    assert_int_equal(strlen(info->version), 12);
    assert_memory_equal(info->version, digest, 12);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        assert_string_equal(info->labels[i], draft_card.labels[i]);
    assert_true(info->kernels[0] != '\0');
    assert_int_equal(info->parameter_count, 1026 - 20);
    assert_int_equal(info->mac_count, 14 * 10 * 4 * 15 + 4 * 2 * 6 * 36 + 48 * 12 + 12 * 10);
    assert_int_equal(info->golden_count, 0);
    assert_int_equal(info->preprocessing_version, DIGIT_PREPROCESSING_VERSION);
    assert_true(info->temperature == 1.0f && info->uncertain_above == 0.5f);
    digit_model_destroy(model);
    digit_model_destroy(NULL);
}

/* Saves the network of `json` with `count` ranges of 4. */
static void save_with_ranges(const char *path, const char *json, size_t count)
{
    struct quantisation quantisation = {.count = count};
    struct model_card ranged = draft_card;
    for (size_t i = 0; i < count; i++)
        quantisation.ranges[i] = 4.0f;
    ranged.quantisation = &quantisation;
    draft_save(path, json, &ranged);
}

static void assert_precision(const char *path, const struct digit_model_options *options,
                             const char *precision)
{
    struct digit_model *model = draft_load(path, options);
    assert_string_equal(digit_model_info(model)->precision, precision);
    if (options != NULL && options->kernels != NULL)
        assert_string_equal(digit_model_info(model)->kernels, options->kernels);
    digit_model_destroy(model);
}

static void a_model_runs_as_it_is_asked_to(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    save_with_ranges(path, BASELINE_JSON, 3);
    for (size_t i = 0; digit_kernels_name(i) != NULL; i++) {
        const char *kernels = digit_kernels_name(i);
        const struct digit_model_options f32 = {DIGIT_PRECISION_F32, kernels};
        const struct digit_model_options int8 = {DIGIT_PRECISION_INT8, kernels};
        const struct digit_model_options either = {DIGIT_PRECISION_AUTO, kernels};
        assert_precision(path, &f32, "f32");
        assert_precision(path, &int8, "int8");
        assert_precision(path, &either, "int8");
    }
}

static void int8_needs_ranges_and_fitting_layers(void **state)
{
    static const struct digit_model_options int8 = {.precision = DIGIT_PRECISION_INT8};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_model *model = NULL;
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    assert_precision(path, NULL, "f32");
    assert_failure(digit_model_load(&model, path, &int8, &error), &error, DIGIT_UNSUPPORTED,
                   "int8 needs activation ranges, and the file has none");
    save_with_ranges(path, TINY_JSON, 3);
    assert_precision(path, NULL, "f32");
    assert_failure(digit_model_load(&model, path, &int8, &error), &error, DIGIT_UNSUPPORTED,
                   "the layers cannot run in int8");
    assert_null(model);
}

static void a_parsed_file_is_loaded_with_the_metadata_that_were_set(void **state)
{
    static const struct digit_model_options fastest = {0};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_model *model;
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    struct safetensors *file = draft_read_tensors(path);
    assert_int_equal(safetensors_set_metadata(file, MODEL_KEY_CALIBRATION,
                                              "{\"temperature\":2.5,\"uncertain_above\":0.25}",
                                              &error),
                     DIGIT_OK);
    assert_int_equal(model_load_tensors(&model, file, "here", &fastest, &error), DIGIT_OK);
    assert_true(digit_model_info(model)->temperature == 2.5f);
    assert_string_equal(digit_model_info(model)->version, "");
    digit_model_destroy(model);
    assert_int_equal(safetensors_set_metadata(file, MODEL_KEY_LABELS, "{}", &error), DIGIT_OK);
    assert_failure(model_load_tensors(&model, file, "here", &fastest, &error), &error,
                   DIGIT_INVALID, "here: \"labels\" must be an array of 10 strings");
    assert_null(model);
    safetensors_destroy(file);
}

static void kernels_that_do_not_run_here_are_refused(void **state)
{
    static const struct digit_model_options options = {.kernels = "abacus"};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_model *model = NULL;
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    assert_failure(digit_model_load(&model, path, &options, &error), &error, DIGIT_UNSUPPORTED,
                   "kernels \"abacus\" do not run on this processor");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

TEST_MAIN(IN_FOLDER(a_loaded_model_says_what_it_is), IN_FOLDER(a_model_runs_as_it_is_asked_to),
          IN_FOLDER(int8_needs_ranges_and_fitting_layers),
          IN_FOLDER(a_parsed_file_is_loaded_with_the_metadata_that_were_set),
          IN_FOLDER(kernels_that_do_not_run_here_are_refused))
