#include "core/network/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/sha256.h"
#include "core/network/model_data.h"

#define VERSION_DIGITS 12

static enum digit_status copy_label(char **out, const char *label, struct digit_error *error)
{
    *out = strdup(label);
    return *out != NULL ? DIGIT_OK : digit_fail(error, DIGIT_NO_MEMORY, "no memory for a label");
}

static enum digit_status set_labels(struct digit_model *model, const char *const *labels,
                                    struct digit_error *error)
{
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        enum digit_status status = copy_label(&model->labels[i], labels[i], error);
        if (status != DIGIT_OK)
            return status;
        model->info.labels[i] = model->labels[i];
    }
    return DIGIT_OK;
}

/* Sets everything except the labels, whose copies can fail, and the calibration, which may change. */
static void set_info(struct digit_model *model, const char *sha256)
{
    snprintf(model->sha256, sizeof model->sha256, "%s", sha256);
    snprintf(model->version, sizeof model->version, "%.*s", VERSION_DIGITS, sha256);
    model->info.name = model->architecture.name;
    model->info.version = model->version;
    model->info.sha256 = model->sha256;
    model->info.kernels = model->plan.kernels->name;
    model->info.precision = model->plan.int8 ? "int8" : "f32";
    model->info.parameter_count = parameter_table_trained(&model->table);
    model->info.mac_count = architecture_macs(&model->architecture);
    model->info.golden_count = model->golden.count;
    model->info.preprocessing_version = model->preprocessing.version;
}

const char *digit_kernels_name(size_t index)
{
    const struct kernels *kernels = kernels_at(index);
    return kernels != NULL ? kernels->name : NULL;
}

static enum digit_status find_kernels(const struct kernels **out, const char *name,
                                      const char *where, struct digit_error *error)
{
    size_t i = 0;
    while (name != NULL && kernels_at(i) != NULL && strcmp(kernels_at(i)->name, name) != 0)
        i++;
    *out = kernels_at(i);
    if (*out == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "%s: kernels \"%.32s\" do not run on this processor", where, name);
    return DIGIT_OK;
}

/* By default the plan is int8 if the ranges and the layers allow it: int8 is faster with all kernels and
 * gives the same bits with all. */
static enum digit_status make_plan(struct digit_model *model, const struct model_parts *parts,
                                   const struct digit_model_options *options,
                                   struct digit_error *error)
{
    const struct kernels *kernels;
    enum digit_status status = find_kernels(&kernels, options->kernels, parts->where, error);
    if (status != DIGIT_OK)
        return status;
    const struct quantisation *quantisation = parts->quantisation;
    if (options->precision == DIGIT_PRECISION_INT8 && quantisation == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "%s: int8 needs activation ranges, and the file has none; add them with "
                          "digitd-train --quantise",
                          parts->where);
    if (options->precision == DIGIT_PRECISION_F32)
        quantisation = NULL;
    status = plan_init(&model->plan, &model->architecture, &model->table, parts->parameters,
                       quantisation, kernels, parts->where, error);
    if (status == DIGIT_UNSUPPORTED && options->precision == DIGIT_PRECISION_AUTO)
        status = plan_init(&model->plan, &model->architecture, &model->table, parts->parameters,
                           NULL, kernels, parts->where, error);
    return status;
}

enum digit_status model_assemble(struct digit_model **out, const struct model_parts *parts,
                                 const struct digit_model_options *options,
                                 struct digit_error *error)
{
    *out = NULL;
    struct digit_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for a model", parts->where);
    model->architecture = *parts->architecture;
    model->preprocessing = *parts->preprocessing;
    if (parts->golden != NULL)
        model->golden = *parts->golden;
    parameter_table_init(&model->table, &model->architecture);
    enum digit_status status = make_plan(model, parts, options, error);
    if (status == DIGIT_OK)
        status = set_labels(model, parts->labels, error);
    if (status != DIGIT_OK) {
        digit_model_destroy(model);
        return status;
    }
    set_info(model, parts->sha256);
    model_calibrate(model, parts->calibration);
    *out = model;
    return DIGIT_OK;
}

void model_calibrate(struct digit_model *model, const struct model_calibration *calibration)
{
    model->calibration = *calibration;
    model->info.temperature = calibration->temperature;
    model->info.uncertain_above = calibration->uncertain_above;
}

void digit_model_destroy(struct digit_model *model)
{
    if (model == NULL)
        return;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        free(model->labels[i]);
    plan_release(&model->plan);
    free(model);
}

const struct digit_model_info *digit_model_info(const struct digit_model *model)
{
    return &model->info;
}

enum digit_status model_create(struct digit_model **out, const struct architecture *architecture,
                               const float *parameters,
                               const struct model_preprocessing *preprocessing,
                               const struct quantisation *quantisation,
                               const struct digit_model_options *options, struct digit_error *error)
{
    static const struct digit_model_options f32 = {.precision = DIGIT_PRECISION_F32};
    static const char *const labels[DIGIT_CLASSES] = {"0", "1", "2", "3", "4",
                                                      "5", "6", "7", "8", "9"};
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    struct sha256_part part = {parameters, table.total * sizeof *parameters};
    char sha256[SHA256_HEX_BYTES];
    sha256_hex(sha256, &part, 1);
    const struct model_parts parts = {.where = architecture->name,
                                      .architecture = architecture,
                                      .parameters = parameters,
                                      .labels = labels,
                                      .preprocessing = preprocessing,
                                      .sha256 = sha256,
                                      .quantisation = quantisation,
                                      .calibration = &model_uncalibrated};
    return model_assemble(out, &parts, options != NULL ? options : &f32, error);
}
