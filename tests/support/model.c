#include "tests/support/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/network/architecture_read.h"

void fill_numbers(float *out, size_t count, uint64_t start)
{
    uint64_t state = start * 0x9e3779b97f4a7c15u + 1; /* not zero for small starts */
    for (size_t i = 0; i < count; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out[i] = (float)(state >> 40) * 0x1p-23f - 1.0f;
    }
}

void load_architecture(struct architecture *out, const char *path)
{
    char full[512];
    snprintf(full, sizeof full, "%s/%s", SOURCE_DIR, path);
    struct digit_error error;
    if (architecture_load(out, full, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

/* Brings numbers from -1 to 1 into the range of their parameter. */
static void scale_parameter(float *values, const struct parameter *parameter)
{
    size_t fan_in = parameter->count / parameter->shape[0];
    for (size_t i = 0; i < parameter->count; i++) {
        if (parameter->role == PARAMETER_WEIGHT)
            values[i] *= 2.0f / sqrtf((float)fan_in);
        else if (parameter->role == PARAMETER_RUNNING_VAR || parameter->role == PARAMETER_SCALE)
            values[i] = 1.0f + 0.5f * values[i];
        else
            values[i] *= 0.1f;
    }
}

float *make_parameters(const struct architecture *architecture, uint64_t start)
{
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    float *parameters = calloc(table.total, sizeof *parameters);
    assert_non_null(parameters);
    fill_numbers(parameters, table.total, start);
    for (size_t i = 0; i < table.count; i++)
        scale_parameter(parameters + table.items[i].offset, &table.items[i]);
    return parameters;
}

struct digit_model *make_model(const char *path)
{
    static const struct model_preprocessing preprocessing = {
        DIGIT_PREPROCESSING_VERSION, MODEL_MNIST_MEAN, MODEL_MNIST_DEVIATION};
    struct architecture architecture;
    load_architecture(&architecture, path);
    float *parameters = make_parameters(&architecture, 1);
    struct digit_model *model = NULL;
    struct digit_error error;
    if (model_create(&model, &architecture, parameters, &preprocessing, NULL, NULL, &error) !=
        DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
    return model;
}

void write_model(const char *path, uint64_t start)
{
    struct architecture architecture;
    struct digit_error error;
    load_architecture(&architecture, TINY_JSON);
    float *parameters = make_parameters(&architecture, start);
    const struct model_card card = {
        .labels = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
        .preprocessing = {DIGIT_PREPROCESSING_VERSION, 0.0f, 1.0f},
        .training = "{}",
    };
    if (model_save(path, &architecture, parameters, &card, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(parameters);
}
