#include "core/network/model.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/network/architecture_format.h"
#include "core/weights/safetensors.h"

/* The caller frees the text with cJSON_free; NULL without memory. */
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

/* Writes the tensors and those entries of metadata [count] that have a value. */
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
    char *golden = card->golden != NULL ? golden_format(card->golden) : NULL;
    char *ranges = card->quantisation != NULL ? quantisation_format(card->quantisation) : NULL;
    struct safetensors_entry metadata[] = {
        {"format", "pt"}, /* expected by PyTorch's loaders */
        {MODEL_KEY_ARCHITECTURE, layers},
        {MODEL_KEY_LABELS, labels},
        {MODEL_KEY_PREPROCESSING, preprocessing},
        {MODEL_KEY_TRAINING, card->training},
        {MODEL_KEY_GOLDEN, golden},
        {MODEL_KEY_QUANTISATION, ranges},
        {MODEL_KEY_CALIBRATION, card->calibration != NULL ? calibration : NULL},
    };
    if (labels == NULL || (card->quantisation != NULL && ranges == NULL) ||
        (card->golden != NULL && golden == NULL))
        status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its metadata", path);
    else
        status = write_file(path, architecture, parameters, metadata,
                            sizeof metadata / sizeof *metadata, error);
    cJSON_free(golden);
    cJSON_free(ranges);
    cJSON_free(labels);
    cJSON_free(layers);
    return status;
}
