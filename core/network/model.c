#include "core/network/model.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/network/model_data.h"
#include "core/weights/safetensors.h"

#define MAX_FILE_BYTES ((size_t)256 * 1024 * 1024)
#define VERSION_DIGITS 12
#define WHERE_BYTES    192

#define KEY_ARCHITECTURE  "architecture"
#define KEY_LABELS        "labels"
#define KEY_PREPROCESSING "preprocessing"
#define KEY_TRAINING      "training"

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

/* All but labels and plan, which can fail, and the calibration, which may change. */
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
    model->info.preprocessing_version = model->preprocessing.version;
}

/* What a model is made of; all is borrowed. */
struct ingredients {
    const char *where; /* the parameters, in messages */
    const struct architecture *architecture;
    const float *parameters; /* in the order of its table */
    const char *const *labels;
    const struct model_preprocessing *preprocessing;
    const char *sha256;                      /* of the file, or of the parameters */
    const struct quantisation *quantisation; /* NULL: the file has no ranges */
    const struct model_calibration *calibration;
};

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

/* Makes the plan in whole numbers where those are asked for, or can be had: they are faster with all
 * kernels, and give the same bits with all. */
static enum digit_status make_plan(struct digit_model *model, const struct ingredients *from,
                                   const struct digit_model_options *options,
                                   struct digit_error *error)
{
    const struct kernels *kernels;
    enum digit_status status = find_kernels(&kernels, options->kernels, from->where, error);
    if (status != DIGIT_OK)
        return status;
    const struct quantisation *quantisation = from->quantisation;
    if (options->precision == DIGIT_PRECISION_INT8 && quantisation == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "%s: has no ranges to compute in whole numbers with (digitd-train "
                          "--quantise measures them)",
                          from->where);
    if (options->precision == DIGIT_PRECISION_F32)
        quantisation = NULL;
    status = plan_init(&model->plan, &model->architecture, &model->table, from->parameters,
                       quantisation, kernels, from->where, error);
    if (status == DIGIT_UNSUPPORTED && options->precision == DIGIT_PRECISION_AUTO)
        status = plan_init(&model->plan, &model->architecture, &model->table, from->parameters,
                           NULL, kernels, from->where, error);
    return status;
}

static enum digit_status assemble(struct digit_model **out, const struct ingredients *from,
                                  const struct digit_model_options *options,
                                  struct digit_error *error)
{
    *out = NULL;
    struct digit_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for a model", from->where);
    model->architecture = *from->architecture;
    model->preprocessing = *from->preprocessing;
    parameter_table_init(&model->table, &model->architecture);
    enum digit_status status = make_plan(model, from, options, error);
    if (status == DIGIT_OK)
        status = set_labels(model, from->labels, error);
    if (status != DIGIT_OK) {
        digit_model_destroy(model);
        return status;
    }
    set_info(model, from->sha256);
    model_calibrate(model, from->calibration);
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
    static const struct digit_model_options floats = {.precision = DIGIT_PRECISION_F32};
    static const char *const labels[DIGIT_CLASSES] = {"0", "1", "2", "3", "4",
                                                      "5", "6", "7", "8", "9"};
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    struct sha256_part part = {parameters, table.total * sizeof *parameters};
    char sha256[SHA256_HEX_BYTES];
    sha256_hex(sha256, &part, 1);
    const struct ingredients from = {.where = architecture->name,
                                     .architecture = architecture,
                                     .parameters = parameters,
                                     .labels = labels,
                                     .preprocessing = preprocessing,
                                     .sha256 = sha256,
                                     .quantisation = quantisation,
                                     .calibration = &model_uncalibrated};
    return assemble(out, &from, options != NULL ? options : &floats, error);
}

/* What model files are read with. */
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
                          "%s: metadata \"%s\" is missing: not a model of digitd", loader->path,
                          key);
    return DIGIT_OK;
}

/* "PATH: KEY", as messages about a value of the metadata begin. */
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
    enum digit_status status = get_metadata(&text, loader, KEY_ARCHITECTURE);
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
    enum digit_status status = get_metadata_json(&json, loader, KEY_PREPROCESSING);
    if (status == DIGIT_OK)
        status = read_constants(out, json, name_metadata(where, loader, KEY_PREPROCESSING),
                                loader->error);
    if (status == DIGIT_OK && out->version != DIGIT_PREPROCESSING_VERSION)
        status = digit_fail(loader->error, DIGIT_UNSUPPORTED,
                            "%s: preprocessing version %d, this build has %d", loader->path,
                            out->version, DIGIT_PREPROCESSING_VERSION);
    cJSON_Delete(json);
    return status;
}

/* labels[i] are borrowed from *json, which the caller frees. */
static enum digit_status read_labels(const char **labels, cJSON **json, const struct loader *loader)
{
    enum digit_status status = get_metadata_json(json, loader, KEY_LABELS);
    if (status != DIGIT_OK)
        return status;
    if (!cJSON_IsArray(*json) || cJSON_GetArraySize(*json) != DIGIT_CLASSES)
        return digit_fail(loader->error, DIGIT_INVALID, "%s: labels must be an array of %d",
                          loader->path, DIGIT_CLASSES);
    size_t i = 0;
    for (const cJSON *label = (*json)->child; label != NULL; label = label->next, i++) {
        labels[i] = cJSON_GetStringValue(label);
        if (labels[i] == NULL || labels[i][0] == '\0' || strlen(labels[i]) > MODEL_LABEL_MAX_LENGTH)
            return digit_fail(loader->error, DIGIT_INVALID,
                              "%s: label %zu must be a text of 1 to %d bytes", loader->path, i,
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
                          "%s: tensor %s has the shape %s, the architecture needs %s", loader->path,
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
                              "%s: tensor %.64s is not in the architecture", loader->path, name);
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

/* All layers with weights but the last. */
static size_t count_ranges(const struct architecture *architecture)
{
    size_t count = 0;
    for (size_t i = 0; i < architecture->layer_count; i++) {
        enum layer_type type = architecture->layers[i].type;
        count += type == LAYER_CONV2D || type == LAYER_DENSE;
    }
    return count - 1;
}

static enum digit_status read_ranges(struct quantisation *out, const cJSON *json, size_t count,
                                     const struct loader *loader)
{
    char where[WHERE_BYTES];
    static const char *const keys[] = {"ranges"};
    enum digit_status status = json_check_keys(
        json, keys, 1, name_metadata(where, loader, MODEL_KEY_QUANTISATION), loader->error);
    if (status != DIGIT_OK)
        return status;
    const cJSON *ranges = cJSON_GetObjectItemCaseSensitive(json, "ranges");
    if (!cJSON_IsArray(ranges) || (size_t)cJSON_GetArraySize(ranges) != count)
        return digit_fail(loader->error, DIGIT_INVALID,
                          "%s: ranges must be an array of %zu, one for each layer with weights but "
                          "the last",
                          where, count);
    for (const cJSON *range = ranges->child; range != NULL; range = range->next) {
        double value = cJSON_GetNumberValue(range);
        if (!(value >= 1e-6 && value <= 1e9))
            return digit_fail(loader->error, DIGIT_INVALID,
                              "%s: range %zu must be a number from 1e-6 to 1e9", where, out->count);
        out->ranges[out->count++] = (float)value;
    }
    return DIGIT_OK;
}

/* A file without ranges leaves out->count 0. */
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
    enum digit_status status = get_metadata_json(&json, loader, MODEL_KEY_QUANTISATION);
    if (status == DIGIT_OK)
        status = read_ranges(out, json, count_ranges(architecture), loader);
    cJSON_Delete(json);
    return status;
}

/* A file that says nothing of it is not calibrated. */
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
    if (status == DIGIT_OK) {
        const struct ingredients from = {.where = loader->path,
                                         .architecture = &architecture,
                                         .parameters = parameters,
                                         .labels = labels,
                                         .preprocessing = &preprocessing,
                                         .sha256 = sha256,
                                         .quantisation =
                                             quantisation.count > 0 ? &quantisation : NULL,
                                         .calibration = &calibration};
        status = assemble(out, &from, loader->options, loader->error);
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

/* The caller frees *out with cJSON_free; NULL if memory runs out. */
static char *format_labels(const char *const *labels)
{
    char *text = NULL;
    cJSON *json = cJSON_CreateStringArray(labels, DIGIT_CLASSES);
    if (json != NULL)
        text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}

static void list_tensors(struct safetensor *tensors, const struct parameter_table *table,
                         const float *parameters)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct parameter *item = &table->items[i];
        tensors[i] = (struct safetensor){.name = item->name,
                                         .rank = item->rank,
                                         .count = item->count,
                                         .data = parameters + item->offset};
        memcpy(tensors[i].shape, item->shape, sizeof tensors[i].shape);
    }
}

/* Writes the tensors, and of `metadata` [count] what has a value. */
static enum digit_status write_file(const char *path, const struct architecture *architecture,
                                    const float *parameters, struct safetensors_entry *metadata,
                                    size_t count, struct digit_error *error)
{
    struct parameter_table table;
    struct safetensor tensors[PARAMETERS_MAX];
    parameter_table_init(&table, architecture);
    list_tensors(tensors, &table, parameters);
    size_t written = 0;
    for (size_t i = 0; i < count; i++)
        if (metadata[i].value != NULL)
            metadata[written++] = metadata[i];
    return safetensors_write(path, tensors, table.count, metadata, written, error);
}

enum digit_status model_save(const char *path, const struct architecture *architecture,
                             const float *parameters, const struct model_card *card,
                             struct digit_error *error)
{
    char preprocessing[96], calibration[MODEL_CALIBRATION_TEXT_BYTES];
    snprintf(preprocessing, sizeof preprocessing,
             "{\"version\":%d,\"mean\":%.9g,\"deviation\":%.9g}", card->preprocessing.version,
             (double)card->preprocessing.mean, (double)card->preprocessing.deviation);
    if (card->calibration != NULL)
        model_calibration_format(calibration, card->calibration);
    char *layers = NULL;
    enum digit_status status = architecture_format(&layers, architecture, error);
    if (status != DIGIT_OK)
        return status;
    char *labels = format_labels(card->labels);
    char *ranges = card->quantisation != NULL ? quantisation_format(card->quantisation) : NULL;
    struct safetensors_entry metadata[] = {
        {"format", "pt"}, /* what PyTorch's loaders look for */
        {KEY_ARCHITECTURE, layers},
        {KEY_LABELS, labels},
        {KEY_PREPROCESSING, preprocessing},
        {KEY_TRAINING, card->training},
        {MODEL_KEY_QUANTISATION, ranges},
        {MODEL_KEY_CALIBRATION, card->calibration != NULL ? calibration : NULL},
    };
    if (labels == NULL || (card->quantisation != NULL && ranges == NULL))
        status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its metadata", path);
    else
        status = write_file(path, architecture, parameters, metadata,
                            sizeof metadata / sizeof *metadata, error);
    cJSON_free(ranges);
    cJSON_free(labels);
    cJSON_free(layers);
    return status;
}
