#include "core/network/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/context.h>
#include <digit/preprocess.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/weights/safetensors.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/support/temp_folder.h"

#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

static const struct model_card card = {
    .labels = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"},
    .preprocessing = {DIGIT_PREPROCESSING_VERSION, MODEL_MNIST_MEAN, MODEL_MNIST_DEVIATION},
    .training = "{\"seed\":1}",
};

/* Saves the small network with made-up weights. */
static void save_card(const char *path, const struct model_card *from)
{
    struct architecture architecture;
    load_architecture(&architecture, TINY_JSON);
    float *parameters = make_parameters(&architecture, 1);
    if (model_save(path, &architecture, parameters, from, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
}

static void save(const char *path)
{
    save_card(path, &card);
}

static struct digit_model *load(const char *path)
{
    struct digit_model *model = NULL;
    if (digit_model_load(&model, path, NULL, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return model;
}

static void assert_load_refused(const char *path, enum digit_status expected, const char *words)
{
    struct digit_model *model = (struct digit_model *)&error;
    assert_failure(digit_model_load(&model, path, NULL, &error), &error, expected, words);
    assert_null(model);
}

/* What a file says, taken apart so that a test can change it before it is written again. */
struct draft {
    char path[TEMP_FOLDER_PATH_BYTES];
    struct safetensors *file; /* what the rest points into */
    struct safetensor tensors[PARAMETERS_MAX];
    size_t tensor_count;
    struct safetensors_entry metadata[8];
    size_t metadata_count;
};

static struct safetensors *read_tensors(const char *path)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    struct safetensors *file = NULL;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(safetensors_parse(&file, bytes, size_bytes, path, &error), DIGIT_OK);
    free(bytes);
    return file;
}

static void open_draft(struct draft *out, void **state)
{
    static const char *const keys[] = {"format", "architecture", "labels", "preprocessing",
                                       "training"};
    *out = (struct draft){.tensor_count = 0};
    temp_folder_path(out->path, state, "model.safetensors");
    save(out->path);
    out->file = read_tensors(out->path);
    out->tensor_count = safetensors_count(out->file);
    for (size_t i = 0; i < out->tensor_count; i++)
        out->tensors[i] = *safetensors_at(out->file, i);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        out->metadata[out->metadata_count++] =
            (struct safetensors_entry){keys[i], safetensors_metadata(out->file, keys[i])};
}

/* Sets the value of a key of metadata, or leaves the key out (NULL). */
static void set_metadata(struct draft *draft, const char *key, const char *value)
{
    size_t i = 0;
    while (strcmp(draft->metadata[i].key, key) != 0)
        i++;
    if (value != NULL)
        draft->metadata[i].value = value;
    else
        draft->metadata[i] = draft->metadata[--draft->metadata_count];
}

static struct safetensor *tensor_of(struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->tensor_count; i++)
        if (strcmp(draft->tensors[i].name, name) == 0)
            return &draft->tensors[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

static void write_draft(struct draft *draft)
{
    if (safetensors_write(draft->path, draft->tensors, draft->tensor_count, draft->metadata,
                          draft->metadata_count, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    safetensors_destroy(draft->file);
}

static void assert_draft_refused(struct draft *draft, enum digit_status expected, const char *words)
{
    write_draft(draft);
    assert_load_refused(draft->path, expected, words);
    assert_non_null(strstr(error.message, draft->path));
}

static void assert_metadata_refused(void **state, const char *key, const char *value,
                                    enum digit_status expected, const char *words)
{
    struct draft draft;
    open_draft(&draft, state);
    set_metadata(&draft, key, value);
    assert_draft_refused(&draft, expected, words);
}

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
    save(path);
    file_digest(digest, path);
    struct digit_model *model = load(path);
    const struct digit_model_info *info = digit_model_info(model);
    assert_string_equal(info->name, "tiny");
    assert_string_equal(info->sha256, digest);
    assert_int_equal(strlen(info->version), 12);
    assert_memory_equal(info->version, digest, 12);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        assert_string_equal(info->labels[i], card.labels[i]);
    assert_true(info->kernels[0] != '\0');
    assert_int_equal(info->parameter_count, 1026 - 20);
    assert_int_equal(info->mac_count, 14 * 10 * 4 * 15 + 4 * 2 * 6 * 36 + 48 * 12 + 12 * 10);
    assert_int_equal(info->preprocessing_version, DIGIT_PREPROCESSING_VERSION);
    assert_true(info->temperature == 1.0f && info->uncertain_above == 0.5f);
    digit_model_destroy(model);
    digit_model_destroy(NULL);
}

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
    save(path);
    struct digit_model *loaded = load(path), *made = make_model(TINY_JSON);
    struct digit_prediction a, b;
    predict(&a, loaded);
    predict(&b, made);
    assert_memory_equal(a.probabilities, b.probabilities, sizeof a.probabilities);
    assert_int_equal(a.digit, b.digit);
    assert_string_equal(digit_model_info(made)->labels[7], "7");
    digit_model_destroy(loaded);
    digit_model_destroy(made);
}

/* A file that gives its network another calibration answers as the one in memory that is given it. */
static void a_calibration_is_saved_loaded_and_used(void **state)
{
    static const struct model_calibration softer = {2.5f, 0.25f};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_prediction a, b, uncalibrated;
    struct model_card calibrated = card;
    temp_folder_path(path, state, "model");
    calibrated.calibration = &softer;
    save_card(path, &calibrated);
    struct digit_model *loaded = load(path), *made = make_model(TINY_JSON);
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

static void the_training_record_is_kept(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    save(path);
    struct safetensors *file = read_tensors(path);
    assert_string_equal(safetensors_metadata(file, "training"), card.training);
    assert_string_equal(safetensors_metadata(file, "format"), "pt");
    safetensors_destroy(file);
}

static void files_that_are_no_models_are_refused(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing");
    assert_load_refused(path, DIGIT_IO, "missing: cannot open: No such file");
    assert_load_refused(SOURCE_DIR "/tests/fixtures/digits/7.png", DIGIT_MALFORMED,
                        "7.png: header of ");
    assert_load_refused(SOURCE_DIR "/tests/golden/layers.safetensors", DIGIT_INVALID,
                        "metadata \"architecture\" is missing: not a model of digitd");
}

static void a_truncated_or_corrupted_model_is_refused(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    save(path);
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    struct file_part part = {bytes, size_bytes - 1};
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    assert_load_refused(path, DIGIT_MALFORMED, "tensor logits.bias: bytes 4064 to 4104");
    part.size_bytes = size_bytes;
    memset(bytes + size_bytes - 4, 0xff, 4);
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    assert_load_refused(path, DIGIT_INVALID, "tensor logits.bias: element 9 is not finite");
    free(bytes);
}

static void missing_metadata_is_named(void **state)
{
    static const char *const keys[] = {"architecture", "labels", "preprocessing"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char words[64];
        snprintf(words, sizeof words, "metadata \"%s\" is missing: not a model", keys[i]);
        assert_metadata_refused(state, keys[i], NULL, DIGIT_INVALID, words);
    }
}

static void a_wrong_architecture_is_refused(void **state)
{
    assert_metadata_refused(state, "architecture", "{", DIGIT_MALFORMED, "not JSON");
    assert_metadata_refused(state, "architecture", "{\"name\":\"a\",\"layers\":[{\"type\":\"x\"}]}",
                            DIGIT_INVALID, "layer 1: unknown type \"x\"");
}

static void wrong_preprocessing_is_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"", DIGIT_MALFORMED, "preprocessing: not JSON"},
        {"1", DIGIT_INVALID, "preprocessing: not a JSON object"},
        {"{\"version\":1,\"mean\":0.1,\"std\":0.3}", DIGIT_INVALID, "unknown key \"std\""},
        {"{\"mean\":0.1,\"deviation\":0.3}", DIGIT_INVALID, "key \"version\" is missing"},
        {"{\"version\":0,\"mean\":0.1,\"deviation\":0.3}", DIGIT_INVALID, "\"version\" is 0"},
        {"{\"version\":99,\"mean\":0.1,\"deviation\":0.3}", DIGIT_UNSUPPORTED,
         "preprocessing version 99, this build has 2"},
        {"{\"version\":1,\"deviation\":0.3}", DIGIT_INVALID, "key \"mean\" is missing"},
        {"{\"version\":1,\"mean\":1.5,\"deviation\":0.3}", DIGIT_INVALID, "\"mean\" is 1.5"},
        {"{\"version\":1,\"mean\":0.1}", DIGIT_INVALID, "key \"deviation\" is missing"},
        {"{\"version\":1,\"mean\":0.1,\"deviation\":0}", DIGIT_INVALID,
         "\"deviation\" is 0, must be 0.001 to 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_metadata_refused(state, "preprocessing", cases[i].json, cases[i].status,
                                cases[i].words);
}

/* Ranges of the three layers with weights before the last. */
static void wrong_ranges_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"[1,2,3]", DIGIT_INVALID, "quantisation: not a JSON object"},
        {"{\"ranges\":[1,2,3],\"bits\":4}", DIGIT_INVALID, "unknown key \"bits\""},
        {"{}", DIGIT_INVALID, "quantisation: ranges must be an array of 3"},
        {"{\"ranges\":[1,2]}", DIGIT_INVALID, "quantisation: ranges must be an array of 3"},
        {"{\"ranges\":[1,2,\"3\"]}", DIGIT_INVALID, "range 2 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[1,0,3]}", DIGIT_INVALID, "range 1 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[-1,2,3]}", DIGIT_INVALID, "range 0 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[1,2,1e10]}", DIGIT_INVALID, "range 2 must be a number from 1e-6 to 1e9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft draft;
        open_draft(&draft, state);
        draft.metadata[draft.metadata_count++] =
            (struct safetensors_entry){"quantisation", cases[i].json};
        assert_draft_refused(&draft, cases[i].status, cases[i].words);
    }
}

static void a_wrong_calibration_is_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"{", DIGIT_MALFORMED, "calibration: not JSON"},
        {"{\"temperature\":1}", DIGIT_INVALID, "calibration: key \"uncertain_above\" is missing"},
        {"{\"temperature\":100,\"uncertain_above\":0.5}", DIGIT_INVALID,
         "calibration: \"temperature\" is 100, must be 0.05 to 20"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft draft;
        open_draft(&draft, state);
        draft.metadata[draft.metadata_count++] =
            (struct safetensors_entry){"calibration", cases[i].json};
        assert_draft_refused(&draft, cases[i].status, cases[i].words);
    }
}

/* A file of `json`'s network with the ranges of every layer 4. */
static void save_with_ranges(const char *path, const char *json, size_t count)
{
    struct architecture architecture;
    struct quantisation quantisation = {.count = count};
    struct model_card ranged = card;
    load_architecture(&architecture, json);
    for (size_t i = 0; i < count; i++)
        quantisation.ranges[i] = 4.0f;
    ranged.quantisation = &quantisation;
    float *parameters = make_parameters(&architecture, 1);
    if (model_save(path, &architecture, parameters, &ranged, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
}

static void assert_precision(const char *path, const struct digit_model_options *options,
                             const char *precision)
{
    struct digit_model *model = NULL;
    if (digit_model_load(&model, path, options, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
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

static void whole_numbers_need_ranges_and_fitting_layers(void **state)
{
    static const struct digit_model_options int8 = {.precision = DIGIT_PRECISION_INT8};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_model *model = NULL;
    temp_folder_path(path, state, "model");
    save(path);
    assert_precision(path, NULL, "f32");
    assert_failure(digit_model_load(&model, path, &int8, &error), &error, DIGIT_UNSUPPORTED,
                   "has no ranges to compute in whole numbers with");
    save_with_ranges(path, TINY_JSON, 3);
    assert_precision(path, NULL, "f32");
    assert_failure(digit_model_load(&model, path, &int8, &error), &error, DIGIT_UNSUPPORTED,
                   "its layers cannot be computed in whole numbers");
    assert_null(model);
}

static void kernels_that_do_not_run_here_are_refused(void **state)
{
    static const struct digit_model_options options = {.kernels = "abacus"};
    char path[TEMP_FOLDER_PATH_BYTES];
    struct digit_model *model = NULL;
    temp_folder_path(path, state, "model");
    save(path);
    assert_failure(digit_model_load(&model, path, &options, &error), &error, DIGIT_UNSUPPORTED,
                   "kernels \"abacus\" do not run on this processor");
}

static void wrong_labels_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"[", DIGIT_MALFORMED, "labels: not JSON"},
        {"{}", DIGIT_INVALID, "labels must be an array of 10"},
        {"[\"0\"]", DIGIT_INVALID, "labels must be an array of 10"},
        {"[\"0\",\"1\",2,\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", DIGIT_INVALID,
         "label 2 must be a text of 1 to 63 bytes"},
        {"[\"0\",\"1\",\"2\",\"\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", DIGIT_INVALID,
         "label 3 must be a text of 1 to 63 bytes"},
        {"[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
         "\"a label of sixty-four bytes, which is one more than a label may ha\"]",
         DIGIT_INVALID, "label 9 must be a text of 1 to 63 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_metadata_refused(state, "labels", cases[i].json, cases[i].status, cases[i].words);
}

static void a_missing_tensor_is_named(void **state)
{
    struct draft draft;
    open_draft(&draft, state);
    *tensor_of(&draft, "norm2.running_var") = draft.tensors[--draft.tensor_count];
    assert_draft_refused(&draft, DIGIT_INVALID, "tensor norm2.running_var is missing");
}

static void a_tensor_that_the_architecture_has_not_is_named(void **state)
{
    static const float values[2] = {1.0f, 2.0f};
    struct draft draft;
    open_draft(&draft, state);
    draft.tensors[draft.tensor_count++] = (struct safetensor){
        .name = "conv2.bias", .rank = 1, .shape = {2}, .count = 2, .data = values};
    assert_draft_refused(&draft, DIGIT_INVALID, "tensor conv2.bias is not in the architecture");
}

static void a_tensor_of_another_shape_is_named_with_both_shapes(void **state)
{
    struct draft draft;
    open_draft(&draft, state);
    struct safetensor *tensor = tensor_of(&draft, "conv1.weight");
    tensor->shape[2] = 3; /* of the same number of elements */
    tensor->shape[3] = 5;
    assert_draft_refused(&draft, DIGIT_INVALID,
                         "tensor conv1.weight has the shape [4, 1, 3, 5], the architecture needs "
                         "[4, 1, 5, 3]");
    open_draft(&draft, state);
    tensor = tensor_of(&draft, "logits.weight");
    tensor->rank = 1;
    tensor->shape[0] = 120;
    assert_draft_refused(&draft, DIGIT_INVALID,
                         "logits.weight has the shape [120], the architecture needs [10, 12]");
}

static void a_negative_variance_is_refused(void **state)
{
    static const float variances[4] = {1.0f, -1.0f, 1.0f, 1.0f};
    struct draft draft;
    open_draft(&draft, state);
    tensor_of(&draft, "norm1.running_var")->data = variances;
    assert_draft_refused(&draft, DIGIT_INVALID, "norm1.running_var: element 1 is -1, a variance");
}

static void a_model_that_cannot_be_saved_leaves_nothing(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing/model");
    struct architecture architecture;
    load_architecture(&architecture, TINY_JSON);
    float *parameters = make_parameters(&architecture, 1);
    assert_failure(model_save(path, &architecture, parameters, &card, &error), &error, DIGIT_IO,
                   path);
    assert_int_equal(temp_folder_count(state), 0);
    free(parameters);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_loaded_model_says_what_it_is),
        IN_FOLDER(a_saved_model_answers_as_the_one_in_memory),
        IN_FOLDER(a_calibration_is_saved_loaded_and_used),
        IN_FOLDER(the_training_record_is_kept),
        IN_FOLDER(files_that_are_no_models_are_refused),
        IN_FOLDER(a_truncated_or_corrupted_model_is_refused),
        IN_FOLDER(missing_metadata_is_named),
        IN_FOLDER(a_wrong_architecture_is_refused),
        IN_FOLDER(wrong_preprocessing_is_refused),
        IN_FOLDER(wrong_ranges_are_refused),
        IN_FOLDER(a_wrong_calibration_is_refused),
        IN_FOLDER(a_model_runs_as_it_is_asked_to),
        IN_FOLDER(whole_numbers_need_ranges_and_fitting_layers),
        IN_FOLDER(kernels_that_do_not_run_here_are_refused),
        IN_FOLDER(wrong_labels_are_refused),
        IN_FOLDER(a_missing_tensor_is_named),
        IN_FOLDER(a_tensor_that_the_architecture_has_not_is_named),
        IN_FOLDER(a_tensor_of_another_shape_is_named_with_both_shapes),
        IN_FOLDER(a_negative_variance_is_refused),
        IN_FOLDER(a_model_that_cannot_be_saved_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
