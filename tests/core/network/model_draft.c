#include "tests/core/network/model_draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/preprocess.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"

#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

const struct model_card draft_card = {
    .labels = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"},
    .preprocessing = {DIGIT_PREPROCESSING_VERSION, MODEL_MNIST_MEAN, MODEL_MNIST_DEVIATION},
    .training = "{\"seed\":1}",
};

void draft_save(const char *path, const char *json, const struct model_card *card)
{
    struct architecture architecture;
    load_architecture(&architecture, json);
    float *parameters = make_parameters(&architecture, 1);
    if (model_save(path, &architecture, parameters, card, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
}

struct digit_model *draft_load(const char *path, const struct digit_model_options *options)
{
    struct digit_model *model = NULL;
    if (digit_model_load(&model, path, options, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return model;
}

void draft_assert_load_refused(const char *path, enum digit_status expected, const char *words)
{
    struct digit_model *model = (struct digit_model *)&error;
    assert_failure(digit_model_load(&model, path, NULL, &error), &error, expected, words);
    assert_null(model);
}

struct safetensors *draft_read_tensors(const char *path)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    struct safetensors *file = NULL;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(safetensors_parse(&file, bytes, size_bytes, path, &error), DIGIT_OK);
    free(bytes);
    return file;
}

void draft_open(struct draft *out, void **state)
{
    static const char *const keys[] = {"format", "architecture", "labels", "preprocessing",
                                       "training"};
    *out = (struct draft){.tensor_count = 0};
    temp_folder_path(out->path, state, "model.safetensors");
    draft_save(out->path, TINY_JSON, &draft_card);
    out->file = draft_read_tensors(out->path);
    out->tensor_count = safetensors_count(out->file);
    for (size_t i = 0; i < out->tensor_count; i++)
        out->tensors[i] = *safetensors_at(out->file, i);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        out->metadata[out->metadata_count++] =
            (struct safetensors_entry){keys[i], safetensors_metadata(out->file, keys[i])};
}

void draft_set_metadata(struct draft *draft, const char *key, const char *value)
{
    size_t i = 0;
    while (strcmp(draft->metadata[i].key, key) != 0)
        i++;
    if (value != NULL)
        draft->metadata[i].value = value;
    else
        draft->metadata[i] = draft->metadata[--draft->metadata_count];
}

void draft_add_metadata(struct draft *draft, const char *key, const char *value)
{
    draft->metadata[draft->metadata_count++] = (struct safetensors_entry){key, value};
}

struct safetensor *draft_tensor(struct draft *draft, const char *name)
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

void draft_assert_refused(struct draft *draft, enum digit_status expected, const char *words)
{
    write_draft(draft);
    draft_assert_load_refused(draft->path, expected, words);
    assert_non_null(strstr(error.message, draft->path));
}
