#include <digit/model.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/preprocess.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/network/architecture_read.h"
#include "core/network/model.h"
#include "core/network/model_data.h"
#include "core/weights/safetensors.h"

#define MAX_FILE_BYTES ((size_t)256 * 1024 * 1024)
#define WHERE_BYTES    192

/* A model file that is being read. */
struct loader {
    const char *path;
    const struct digit_model_options *options;
    const struct safetensors *file;
    struct digit_error *error;
};

static enum digit_status get_metadata(const char **out, const struct loader *loader,
                                      const char *key)
{
    *out = safetensors_metadata(loader->file, key);
    if (*out == NULL)
        return digit_fail(loader->error, DIGIT_INVALID,
                          "%s: metadata \"%s\" is missing: not a digitd model", loader->path, key);
    return DIGIT_OK;
}

/* Writes "PATH: KEY", the beginning of messages about a value of the metadata. */
static const char *name_metadata(char out[WHERE_BYTES], const struct loader *loader,
                                 const char *key)
{
    snprintf(out, WHERE_BYTES, "%.160s: %s", loader->path, key);
    return out;
}

static enum digit_status get_metadata_json(cJSON **out, const struct loader *loader,
                                           const char *key)
{
    const char *text;
    enum digit_status status = get_metadata(&text, loader, key);
    *out = NULL;
    char where[WHERE_BYTES];
    if (status == DIGIT_OK)
        status =
            json_parse(out, text, strlen(text), name_metadata(where, loader, key), loader->error);
    return status;
}

static enum digit_status read_architecture(struct architecture *out, const struct loader *loader)
{
    const char *text;
    enum digit_status status = get_metadata(&text, loader, MODEL_KEY_ARCHITECTURE);
    if (status == DIGIT_OK)
        status = architecture_parse(out, text, strlen(text), loader->path, loader->error);
    return status;
}

static enum digit_status read_constants(struct model_preprocessing *out, const cJSON *json,
                                        const char *where, struct digit_error *error)
{
    static const char *const keys[] = {"version", "mean", "deviation"};
    size_t version = 0;
    double mean = 0.0, deviation = 1.0;
    enum digit_status status =
        json_check_keys(json, keys, sizeof keys / sizeof *keys, where, error);
    if (status == DIGIT_OK)
        status = json_get_size(&version, json, "version", 1, INT32_MAX, where, error);
    if (status == DIGIT_OK)
        status = json_get_number(&mean, json, "mean", 0.0, 1.0, where, error);
    if (status == DIGIT_OK)
        status = json_get_number(&deviation, json, "deviation", 1e-3, 1.0, where, error);
    *out = (struct model_preprocessing){(int)version, (float)mean, (float)deviation};
    return status;
}

static enum digit_status read_preprocessing(struct model_preprocessing *out,
                                            const struct loader *loader)
{
    cJSON *json;
    char where[WHERE_BYTES];
    enum digit_status status = get_metadata_json(&json, loader, MODEL_KEY_PREPROCESSING);
    if (status == DIGIT_OK)
        status = read_constants(out, json, name_metadata(where, loader, MODEL_KEY_PREPROCESSING),
                                loader->error);
    if (status == DIGIT_OK && out->version != DIGIT_PREPROCESSING_VERSION)
        status = digit_fail(loader->error, DIGIT_UNSUPPORTED,
                            "%s: needs preprocessing version %d; this build has version %d",
                            loader->path, out->version, DIGIT_PREPROCESSING_VERSION);
    cJSON_Delete(json);
    return status;
}

/* labels[i] are borrowed from *json, which the caller frees with cJSON_Delete. */
static enum digit_status read_labels(const char **labels, cJSON **json, const struct loader *loader)
{
    enum digit_status status = get_metadata_json(json, loader, MODEL_KEY_LABELS);
    if (status != DIGIT_OK)
        return status;
    if (!cJSON_IsArray(*json) || cJSON_GetArraySize(*json) != DIGIT_CLASSES)
        return digit_fail(loader->error, DIGIT_INVALID,
                          "%s: \"labels\" must be an array of %d strings", loader->path,
                          DIGIT_CLASSES);
    size_t i = 0;
    for (const cJSON *label = (*json)->child; label != NULL; label = label->next, i++) {
        labels[i] = cJSON_GetStringValue(label);
        if (labels[i] == NULL || labels[i][0] == '\0' || strlen(labels[i]) > MODEL_LABEL_MAX_LENGTH)
            return digit_fail(loader->error, DIGIT_INVALID,
                              "%s: label %zu must be a string of 1 to %d bytes", loader->path, i,
                              MODEL_LABEL_MAX_LENGTH);
    }
    return DIGIT_OK;
}

static bool shape_equals(const struct safetensor *tensor, const struct parameter *parameter)
{
    return tensor->rank == parameter->rank &&
           memcmp(tensor->shape, parameter->shape, tensor->rank * sizeof *tensor->shape) == 0;
}

/* "[16, 1, 3, 3]" */
static const char *format_shape(char out[96], const size_t *shape, size_t rank)
{
    size_t length = 0;
    for (size_t i = 0; i < rank; i++)
        length +=
            (size_t)snprintf(out + length, 96 - length, "%s%zu", i == 0 ? "[" : ", ", shape[i]);
    snprintf(out + length, 96 - length, "]");
    return out;
}

static enum digit_status copy_tensor(float *parameters, const struct parameter *parameter,
                                     const struct loader *loader)
{
    const struct safetensor *tensor = safetensors_find(loader->file, parameter->name);
    if (tensor == NULL)
        return digit_fail(loader->error, DIGIT_INVALID, "%s: tensor %s is missing", loader->path,
                          parameter->name);
    if (!shape_equals(tensor, parameter)) {
        char is[96], must_be[96];
        return digit_fail(loader->error, DIGIT_INVALID,
                          "%s: tensor %s has shape %s; the architecture needs %s", loader->path,
                          parameter->name, format_shape(is, tensor->shape, tensor->rank),
                          format_shape(must_be, parameter->shape, parameter->rank));
    }
    memcpy(parameters + parameter->offset, tensor->data, tensor->count * sizeof *parameters);
    return DIGIT_OK;
}

static enum digit_status check_no_others(const struct parameter_table *table,
                                         const struct loader *loader)
{
    for (size_t i = 0; i < safetensors_count(loader->file); i++) {
        const char *name = safetensors_at(loader->file, i)->name;
        bool known = false;
        for (size_t j = 0; j < table->count && !known; j++)
            known = strcmp(name, table->items[j].name) == 0;
        if (!known)
            return digit_fail(loader->error, DIGIT_INVALID,
                              "%s: tensor %.64s does not belong to the architecture", loader->path,
                              name);
    }
    return DIGIT_OK;
}

/* The caller frees *out. */
static enum digit_status read_parameters(float **out, const struct architecture *architecture,
                                         const struct loader *loader)
{
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    *out = calloc(table.total, sizeof **out);
    if (*out == NULL)
        return digit_fail(loader->error, DIGIT_NO_MEMORY, "%s: no memory for %zu parameters",
                          loader->path, table.total);
    for (size_t i = 0; i < table.count; i++) {
        enum digit_status status = copy_tensor(*out, &table.items[i], loader);
        if (status != DIGIT_OK)
            return status;
    }
    return check_no_others(&table, loader);
}

/* The number of convolutions and dense layers, less the last. */
static size_t count_ranges(const struct architecture *architecture)
{
    size_t count = 0;
    for (size_t i = 0; i < architecture->layer_count; i++) {
        enum layer_type type = architecture->layers[i].type;
        count += type == LAYER_CONV2D || type == LAYER_DENSE;
    }
    return count - 1;
}

/* out->count is 0 for a file without ranges. */
static enum digit_status read_quantisation(struct quantisation *out,
                                           const struct architecture *architecture,
                                           const struct model_preprocessing *preprocessing,
                                           const struct loader *loader)
{
    *out =
        (struct quantisation){.mean = preprocessing->mean, .deviation = preprocessing->deviation};
    if (safetensors_metadata(loader->file, MODEL_KEY_QUANTISATION) == NULL)
        return DIGIT_OK;
    cJSON *json;
    char where[WHERE_BYTES];
    enum digit_status status = get_metadata_json(&json, loader, MODEL_KEY_QUANTISATION);
    if (status == DIGIT_OK)
        status =
            quantisation_read(out, json, count_ranges(architecture),
                              name_metadata(where, loader, MODEL_KEY_QUANTISATION), loader->error);
    cJSON_Delete(json);
    return status;
}

/* A file without a calibration is not calibrated: the default is used. */
static enum digit_status read_calibration(struct model_calibration *out,
                                          const struct loader *loader)
{
    *out = model_uncalibrated;
    if (safetensors_metadata(loader->file, MODEL_KEY_CALIBRATION) == NULL)
        return DIGIT_OK;
    cJSON *json;
    char where[WHERE_BYTES];
    enum digit_status status = get_metadata_json(&json, loader, MODEL_KEY_CALIBRATION);
    if (status == DIGIT_OK)
        status = model_calibration_read(
            out, json, name_metadata(where, loader, MODEL_KEY_CALIBRATION), loader->error);
    cJSON_Delete(json);
    return status;
}

/* out->count is 0 for a file without golden digits. */
static enum digit_status read_golden(struct golden *out, const struct loader *loader)
{
    out->count = 0;
    if (safetensors_metadata(loader->file, MODEL_KEY_GOLDEN) == NULL)
        return DIGIT_OK;
    cJSON *json;
    char where[WHERE_BYTES];
    enum digit_status status = get_metadata_json(&json, loader, MODEL_KEY_GOLDEN);
    if (status == DIGIT_OK)
        status =
            golden_read(out, json, name_metadata(where, loader, MODEL_KEY_GOLDEN), loader->error);
    cJSON_Delete(json);
    return status;
}

static enum digit_status load_parsed(struct digit_model **out, const struct loader *loader,
                                     const char *sha256)
{
    struct architecture architecture;
    struct model_preprocessing preprocessing;
    const char *labels[DIGIT_CLASSES];
    cJSON *labels_json = NULL;
    float *parameters = NULL;
    enum digit_status status = read_architecture(&architecture, loader);
    if (status == DIGIT_OK)
        status = read_preprocessing(&preprocessing, loader);
    if (status == DIGIT_OK)
        status = read_labels(labels, &labels_json, loader);
    if (status == DIGIT_OK)
        status = read_parameters(&parameters, &architecture, loader);
    struct quantisation quantisation = {0};
    if (status == DIGIT_OK)
        status = read_quantisation(&quantisation, &architecture, &preprocessing, loader);
    struct model_calibration calibration;
    if (status == DIGIT_OK)
        status = read_calibration(&calibration, loader);
    struct golden golden;
    if (status == DIGIT_OK)
        status = read_golden(&golden, loader);
    if (status == DIGIT_OK) {
        const struct model_parts parts = {.where = loader->path,
                                          .architecture = &architecture,
                                          .parameters = parameters,
                                          .labels = labels,
                                          .preprocessing = &preprocessing,
                                          .sha256 = sha256,
                                          .quantisation =
                                              quantisation.count > 0 ? &quantisation : NULL,
                                          .calibration = &calibration,
                                          .golden = golden.count > 0 ? &golden : NULL};
        status = model_assemble(out, &parts, loader->options, loader->error);
    }
    free(parameters);
    cJSON_Delete(labels_json);
    return status;
}

enum digit_status digit_model_load(struct digit_model **out, const char *path,
                                   const struct digit_model_options *options,
                                   struct digit_error *error)
{
    static const struct digit_model_options fastest = {0};
    *out = NULL;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    struct safetensors *file = NULL;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_FILE_BYTES, error);
    if (status == DIGIT_OK)
        status = safetensors_parse(&file, bytes, size_bytes, path, error);
    if (status == DIGIT_OK) {
        struct loader loader = {.path = path,
                                .options = options != NULL ? options : &fastest,
                                .file = file,
                                .error = error};
        struct sha256_part part = {bytes, size_bytes};
        char sha256[SHA256_HEX_BYTES];
        sha256_hex(sha256, &part, 1);
        status = load_parsed(out, &loader, sha256);
    }
    safetensors_destroy(file);
    free(bytes);
    return status;
}

enum digit_status model_load_tensors(struct digit_model **out, const struct safetensors *file,
                                     const char *path, const struct digit_model_options *options,
                                     struct digit_error *error)
{
    const struct loader loader = {.path = path, .options = options, .file = file, .error = error};
    *out = NULL;
    return load_parsed(out, &loader, "");
}
