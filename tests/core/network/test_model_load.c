#include <digit/model.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "tests/core/network/model_draft.h"
#include "tests/support/model.h"

#include "tests/test.h"

#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

static void assert_metadata_refused(void **state, const char *key, const char *value,
                                    enum digit_status expected, const char *words)
{
    struct draft draft;
    draft_open(&draft, state);
    draft_set_metadata(&draft, key, value);
    draft_assert_refused(&draft, expected, words);
}

static void files_that_are_no_models_are_refused(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing");
    draft_assert_load_refused(path, DIGIT_IO, "missing: cannot open: No such file");
    draft_assert_load_refused(SOURCE_DIR "/tests/fixtures/digits/7.png", DIGIT_MALFORMED,
                              "7.png: header of ");
    draft_assert_load_refused(SOURCE_DIR "/tests/golden/layers.safetensors", DIGIT_INVALID,
                              "metadata \"architecture\" is missing: not a digitd model");
}

static void a_truncated_or_corrupted_model_is_refused(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "model");
    draft_save(path, TINY_JSON, &draft_card);
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    struct file_part part = {bytes, size_bytes - 1};
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    draft_assert_load_refused(path, DIGIT_MALFORMED, "tensor logits.bias: bytes 4064 to 4104");
    part.size_bytes = size_bytes;
    memset(bytes + size_bytes - 4, 0xff, 4);
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    draft_assert_load_refused(path, DIGIT_INVALID, "tensor logits.bias: element 9 is not finite");
    free(bytes);
}

static void missing_metadata_is_named(void **state)
{
    static const char *const keys[] = {"architecture", "labels", "preprocessing"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char words[64];
        snprintf(words, sizeof words, "metadata \"%s\" is missing: not a digitd model", keys[i]);
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
         "needs preprocessing version 99; this build has version 2"},
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

/* Ranges are needed for three layers: all with weights except the last. */
static void wrong_ranges_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"[1,2,3]", DIGIT_INVALID, "quantisation: not a JSON object"},
        {"{\"ranges\":[1,2,3],\"bits\":4}", DIGIT_INVALID, "unknown key \"bits\""},
        {"{}", DIGIT_INVALID, "quantisation: \"ranges\" must be an array of 3 numbers"},
        {"{\"ranges\":[1,2]}", DIGIT_INVALID,
         "quantisation: \"ranges\" must be an array of 3 numbers"},
        {"{\"ranges\":[1,2,\"3\"]}", DIGIT_INVALID, "range 2 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[1,0,3]}", DIGIT_INVALID, "range 1 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[-1,2,3]}", DIGIT_INVALID, "range 0 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\":[1,2,1e10]}", DIGIT_INVALID, "range 2 must be a number from 1e-6 to 1e9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft draft;
        draft_open(&draft, state);
        draft_add_metadata(&draft, "quantisation", cases[i].json);
        draft_assert_refused(&draft, cases[i].status, cases[i].words);
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
        draft_open(&draft, state);
        draft_add_metadata(&draft, "calibration", cases[i].json);
        draft_assert_refused(&draft, cases[i].status, cases[i].words);
    }
}

static void wrong_golden_digits_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"{", DIGIT_MALFORMED, "golden: not JSON"},
        {"{\"octets\":[],\"f32\":{}}", DIGIT_INVALID,
         "golden: \"octets\" must be an array of 1 to 32 texts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft draft;
        draft_open(&draft, state);
        draft_add_metadata(&draft, "golden", cases[i].json);
        draft_assert_refused(&draft, cases[i].status, cases[i].words);
    }
}

static void wrong_labels_are_refused(void **state)
{
    static const struct {
        const char *json;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"[", DIGIT_MALFORMED, "labels: not JSON"},
        {"{}", DIGIT_INVALID, "\"labels\" must be an array of 10 strings"},
        {"[\"0\"]", DIGIT_INVALID, "\"labels\" must be an array of 10 strings"},
        {"[\"0\",\"1\",2,\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", DIGIT_INVALID,
         "label 2 must be a string of 1 to 63 bytes"},
        {"[\"0\",\"1\",\"2\",\"\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", DIGIT_INVALID,
         "label 3 must be a string of 1 to 63 bytes"},
        {"[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
         "\"a label of sixty-four bytes, which is one more than a label may ha\"]",
         DIGIT_INVALID, "label 9 must be a string of 1 to 63 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_metadata_refused(state, "labels", cases[i].json, cases[i].status, cases[i].words);
}

static void a_missing_tensor_is_named(void **state)
{
    struct draft draft;
    draft_open(&draft, state);
    *draft_tensor(&draft, "norm2.running_var") = draft.tensors[--draft.tensor_count];
    draft_assert_refused(&draft, DIGIT_INVALID, "tensor norm2.running_var is missing");
}

static void a_tensor_that_the_architecture_has_not_is_named(void **state)
{
    static const float values[2] = {1.0f, 2.0f};
    struct draft draft;
    draft_open(&draft, state);
    draft.tensors[draft.tensor_count++] = (struct safetensor){
        .name = "conv2.bias", .rank = 1, .shape = {2}, .count = 2, .data = values};
    draft_assert_refused(&draft, DIGIT_INVALID,
                         "tensor conv2.bias does not belong to the architecture");
}

static void a_tensor_of_another_shape_is_named_with_both_shapes(void **state)
{
    struct draft draft;
    draft_open(&draft, state);
    struct safetensor *tensor = draft_tensor(&draft, "conv1.weight");
    tensor->shape[2] = 3; /* of the same number of elements */
    tensor->shape[3] = 5;
    draft_assert_refused(&draft, DIGIT_INVALID,
                         "tensor conv1.weight has shape [4, 1, 3, 5]; the architecture needs "
                         "[4, 1, 5, 3]");
    draft_open(&draft, state);
    tensor = draft_tensor(&draft, "logits.weight");
    tensor->rank = 1;
    tensor->shape[0] = 120;
    draft_assert_refused(&draft, DIGIT_INVALID,
                         "logits.weight has shape [120]; the architecture needs [10, 12]");
}

static void a_negative_variance_is_refused(void **state)
{
    static const float variances[4] = {1.0f, -1.0f, 1.0f, 1.0f};
    struct draft draft;
    draft_open(&draft, state);
    draft_tensor(&draft, "norm1.running_var")->data = variances;
    draft_assert_refused(&draft, DIGIT_INVALID, "norm1.running_var: element 1 is -1; a variance");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

TEST_MAIN(IN_FOLDER(files_that_are_no_models_are_refused),
          IN_FOLDER(a_truncated_or_corrupted_model_is_refused),
          IN_FOLDER(missing_metadata_is_named), IN_FOLDER(a_wrong_architecture_is_refused),
          IN_FOLDER(wrong_preprocessing_is_refused), IN_FOLDER(wrong_ranges_are_refused),
          IN_FOLDER(a_wrong_calibration_is_refused), IN_FOLDER(wrong_golden_digits_are_refused),
          IN_FOLDER(wrong_labels_are_refused), IN_FOLDER(a_missing_tensor_is_named),
          IN_FOLDER(a_tensor_that_the_architecture_has_not_is_named),
          IN_FOLDER(a_tensor_of_another_shape_is_named_with_both_shapes),
          IN_FOLDER(a_negative_variance_is_refused))
