#include "core/weights/safetensors.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/json.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensors are copied without conversion: the file is little-endian"
#endif

#define LENGTH_BYTES 8
#define HEADER_ALIGN 8
#define MAX_ELEMENTS ((size_t)1 << 32)
#define METADATA_KEY "__metadata__"
#define WHERE_BYTES  200

struct safetensors {
    cJSON *header;
    size_t count;
    struct safetensor *tensors; /* in the order of their bytes */
    float *data;
};

/* The input of parsing. */
struct source {
    const char *where;
    const uint8_t *data; /* after the header */
    size_t data_bytes;
    struct digit_error *error;
};

static enum digit_status read_header(cJSON **out, struct source *source, const uint8_t *bytes,
                                     size_t size_bytes)
{
    if (size_bytes < LENGTH_BYTES)
        return digit_fail(source->error, DIGIT_MALFORMED,
                          "%s: %zu bytes, too short for a safetensors file", source->where,
                          size_bytes);
    uint64_t header_bytes;
    memcpy(&header_bytes, bytes, sizeof header_bytes);
    if (header_bytes > size_bytes - LENGTH_BYTES)
        return digit_fail(
            source->error, DIGIT_MALFORMED,
            "%s: header of %llu bytes in a file of %zu bytes: not a safetensors file, or truncated",
            source->where, (unsigned long long)header_bytes, size_bytes);
    if (header_bytes > SAFETENSORS_MAX_HEADER_BYTES)
        return digit_fail(source->error, DIGIT_LIMIT, "%s: header of %llu bytes, the limit is %d",
                          source->where, (unsigned long long)header_bytes,
                          SAFETENSORS_MAX_HEADER_BYTES);
    source->data = bytes + LENGTH_BYTES + header_bytes;
    source->data_bytes = size_bytes - LENGTH_BYTES - header_bytes;
    return json_parse(out, (const char *)bytes + LENGTH_BYTES, header_bytes, source->where,
                      source->error);
}

static enum digit_status check_metadata(const cJSON *header, const struct source *source)
{
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(header, METADATA_KEY);
    if (metadata == NULL)
        return DIGIT_OK;
    if (!cJSON_IsObject(metadata))
        return digit_fail(source->error, DIGIT_MALFORMED, "%s: " METADATA_KEY " is not an object",
                          source->where);
    for (const cJSON *entry = metadata->child; entry != NULL; entry = entry->next)
        if (!cJSON_IsString(entry))
            return digit_fail(source->error, DIGIT_MALFORMED,
                              "%s: metadata \"%.64s\" is not a string", source->where,
                              entry->string);
    return DIGIT_OK;
}

/* Gets an integer from 0 to 2^53; false if it is none. */
static bool get_whole(size_t *out, const cJSON *json)
{
    if (!cJSON_IsNumber(json))
        return false;
    double value = json->valuedouble;
    if (!(value >= 0.0 && value <= 9007199254740992.0) || value != floor(value))
        return false;
    *out = (size_t)value;
    return true;
}

static enum digit_status read_shape(struct safetensor *tensor, const cJSON *json,
                                    const struct source *source)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(json, "shape");
    if (!cJSON_IsArray(shape))
        return digit_fail(source->error, DIGIT_MALFORMED, "%s: tensor %.64s: the shape is missing",
                          source->where, tensor->name);
    int rank = cJSON_GetArraySize(shape);
    if (rank < 1 || rank > SAFETENSORS_MAX_RANK)
        return digit_fail(source->error, DIGIT_UNSUPPORTED,
                          "%s: tensor %.64s: rank %d, must be 1 to %d", source->where, tensor->name,
                          rank, SAFETENSORS_MAX_RANK);
    tensor->count = 1;
    for (const cJSON *size = shape->child; size != NULL; size = size->next) {
        size_t value = 0;
        if (!get_whole(&value, size) || value == 0 || value > MAX_ELEMENTS / tensor->count)
            return digit_fail(source->error, DIGIT_MALFORMED,
                              "%s: tensor %.64s: a size in its shape is out of range",
                              source->where, tensor->name);
        tensor->shape[tensor->rank++] = value;
        tensor->count *= value;
    }
    return DIGIT_OK;
}

static enum digit_status read_offsets(size_t *begin, const struct safetensor *tensor,
                                      const cJSON *json, const struct source *source)
{
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(json, "data_offsets");
    size_t end = 0;
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !get_whole(begin, offsets->child) || !get_whole(&end, offsets->child->next))
        return digit_fail(source->error, DIGIT_MALFORMED,
                          "%s: tensor %.64s: data_offsets must be two whole numbers", source->where,
                          tensor->name);
    if (end < *begin || end > source->data_bytes)
        return digit_fail(
            source->error, DIGIT_MALFORMED,
            "%s: tensor %.64s: bytes %zu to %zu, but the file has only %zu: truncated?",
            source->where, tensor->name, *begin, end, source->data_bytes);
    if (end - *begin != tensor->count * sizeof(float))
        return digit_fail(source->error, DIGIT_MALFORMED,
                          "%s: tensor %.64s: %zu bytes, but its shape needs %zu", source->where,
                          tensor->name, end - *begin, tensor->count * sizeof(float));
    return DIGIT_OK;
}

static enum digit_status check_dtype(const struct safetensor *tensor, const cJSON *json,
                                     const struct source *source)
{
    static const char *const keys[] = {"dtype", "shape", "data_offsets"};
    char where[WHERE_BYTES];
    snprintf(where, sizeof where, "%.120s: tensor %.64s", source->where, tensor->name);
    enum digit_status status =
        json_check_keys(json, keys, sizeof keys / sizeof *keys, where, source->error);
    if (status != DIGIT_OK)
        return status;
    const char *dtype;
    status = json_get_string(&dtype, json, "dtype", where, source->error);
    if (status == DIGIT_OK && strcmp(dtype, "F32") != 0)
        status = digit_fail(source->error, DIGIT_UNSUPPORTED,
                            "%s: tensor %.64s: dtype %.16s, must be F32", source->where,
                            tensor->name, dtype);
    return status;
}

/* A tensor and the offset of its bytes. `data` is set when all tensors have been sorted by offset. */
struct entry {
    struct safetensor tensor;
    size_t begin;
};

static enum digit_status read_entry(struct entry *out, const cJSON *json,
                                    const struct source *source)
{
    *out = (struct entry){.tensor = {.name = json->string}};
    enum digit_status status = check_dtype(&out->tensor, json, source);
    if (status == DIGIT_OK)
        status = read_shape(&out->tensor, json, source);
    if (status == DIGIT_OK)
        status = read_offsets(&out->begin, &out->tensor, json, source);
    return status;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Each tensor, in the order of offsets, must begin where the one before it ends. */
static enum digit_status check_cover(const struct entry *entries, size_t count,
                                     const struct source *source)
{
    size_t expected = 0;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].begin != expected)
            return digit_fail(source->error, DIGIT_MALFORMED,
                              "%s: tensor %.64s begins at byte %zu, %s the one before it, which "
                              "ends at %zu",
                              source->where, entries[i].tensor.name, entries[i].begin,
                              entries[i].begin < expected ? "inside" : "with a gap after",
                              expected);
        expected += entries[i].tensor.count * sizeof(float);
    }
    if (expected != source->data_bytes)
        return digit_fail(source->error, DIGIT_MALFORMED, "%s: tensors end at byte %zu of %zu",
                          source->where, expected, source->data_bytes);
    return DIGIT_OK;
}

static enum digit_status check_finite(const struct safetensors *file, const struct source *source)
{
    for (size_t i = 0; i < file->count; i++)
        for (size_t j = 0; j < file->tensors[i].count; j++)
            if (!isfinite(file->tensors[i].data[j]))
                return digit_fail(source->error, DIGIT_INVALID,
                                  "%s: tensor %.64s: element %zu is not finite", source->where,
                                  file->tensors[i].name, j);
    return DIGIT_OK;
}

static enum digit_status read_entries(struct entry *entries, size_t *count, const cJSON *header,
                                      const struct source *source)
{
    for (const cJSON *json = header->child; json != NULL; json = json->next) {
        if (strcmp(json->string, METADATA_KEY) == 0)
            continue;
        enum digit_status status = read_entry(&entries[*count], json, source);
        if (status != DIGIT_OK)
            return status;
        (*count)++;
    }
    qsort(entries, *count, sizeof *entries, compare_entries);
    return check_cover(entries, *count, source);
}

/* Copies the bytes after the header, which may be unaligned, and sets the tensors' data. */
static enum digit_status take_data(struct safetensors *file, const struct entry *entries,
                                   const struct source *source)
{
    file->tensors = calloc(file->count + 1, sizeof *file->tensors);
    file->data = malloc(source->data_bytes + 1);
    if (file->tensors == NULL || file->data == NULL)
        return digit_fail(source->error, DIGIT_NO_MEMORY, "%s: no memory for %zu bytes of tensors",
                          source->where, source->data_bytes);
    memcpy(file->data, source->data, source->data_bytes);
    for (size_t i = 0; i < file->count; i++) {
        file->tensors[i] = entries[i].tensor;
        file->tensors[i].data = file->data + entries[i].begin / sizeof(float);
    }
    return check_finite(file, source);
}

static enum digit_status read_tensors(struct safetensors *file, const struct source *source)
{
    if (!cJSON_IsObject(file->header))
        return digit_fail(source->error, DIGIT_MALFORMED, "%s: the header is not a JSON object",
                          source->where);
    enum digit_status status = check_metadata(file->header, source);
    if (status != DIGIT_OK)
        return status;
    struct entry *entries = calloc((size_t)cJSON_GetArraySize(file->header) + 1, sizeof *entries);
    if (entries == NULL)
        return digit_fail(source->error, DIGIT_NO_MEMORY, "%s: no memory for its header",
                          source->where);
    status = read_entries(entries, &file->count, file->header, source);
    if (status == DIGIT_OK)
        status = take_data(file, entries, source);
    free(entries);
    return status;
}

enum digit_status safetensors_parse(struct safetensors **out, const uint8_t *bytes,
                                    size_t size_bytes, const char *where, struct digit_error *error)
{
    *out = NULL;
    struct safetensors *file = calloc(1, sizeof *file);
    if (file == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory", where);
    struct source source = {.where = where, .error = error};
    enum digit_status status = read_header(&file->header, &source, bytes, size_bytes);
    if (status == DIGIT_OK)
        status = read_tensors(file, &source);
    if (status == DIGIT_OK)
        *out = file;
    else
        safetensors_destroy(file);
    return status;
}

void safetensors_destroy(struct safetensors *file)
{
    if (file == NULL)
        return;
    cJSON_Delete(file->header);
    free(file->tensors);
    free(file->data);
    free(file);
}

size_t safetensors_count(const struct safetensors *file)
{
    return file->count;
}

const struct safetensor *safetensors_at(const struct safetensors *file, size_t index)
{
    return &file->tensors[index];
}

const struct safetensor *safetensors_find(const struct safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

static const cJSON *metadata_of(const struct safetensors *file)
{
    return cJSON_GetObjectItemCaseSensitive(file->header, METADATA_KEY);
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata_of(file), key));
}

size_t safetensors_metadata_count(const struct safetensors *file)
{
    const cJSON *metadata = metadata_of(file);
    return metadata != NULL ? (size_t)cJSON_GetArraySize(metadata) : 0;
}

struct safetensors_entry safetensors_metadata_at(const struct safetensors *file, size_t index)
{
    const cJSON *entry = cJSON_GetArrayItem(metadata_of(file), (int)index);
    return (struct safetensors_entry){entry->string, cJSON_GetStringValue(entry)};
}

enum digit_status safetensors_set_metadata(struct safetensors *file, const char *key,
                                           const char *value, struct digit_error *error)
{
    cJSON *metadata = cJSON_GetObjectItemCaseSensitive(file->header, METADATA_KEY);
    if (metadata == NULL)
        return digit_fail(error, DIGIT_INVALID, "metadata \"%.64s\": the file has no metadata",
                          key);
    cJSON *text = cJSON_CreateString(value);
    bool is_set = json_has(metadata, key)
                      ? cJSON_ReplaceItemInObjectCaseSensitive(metadata, key, text)
                      : cJSON_AddItemToObject(metadata, key, text);
    if (is_set)
        return DIGIT_OK;
    cJSON_Delete(text);
    return digit_fail(error, DIGIT_NO_MEMORY, "metadata \"%.64s\": no memory for %zu bytes", key,
                      strlen(value));
}

static bool add_metadata(cJSON *header, const struct safetensors_entry *metadata, size_t count)
{
    cJSON *object = cJSON_AddObjectToObject(header, METADATA_KEY);
    if (object == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (cJSON_AddStringToObject(object, metadata[i].key, metadata[i].value) == NULL)
            return false;
    return true;
}

static bool add_numbers(cJSON *json, const char *key, const size_t *values, size_t count)
{
    cJSON *array = cJSON_AddArrayToObject(json, key);
    if (array == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        cJSON *number = cJSON_CreateNumber((double)values[i]);
        if (!cJSON_AddItemToArray(array, number)) {
            cJSON_Delete(number);
            return false;
        }
    }
    return true;
}

static bool add_tensor(cJSON *header, const struct safetensor *tensor, size_t begin)
{
    size_t offsets[2] = {begin, begin + tensor->count * sizeof(float)};
    cJSON *json = cJSON_AddObjectToObject(header, tensor->name);
    return json != NULL && cJSON_AddStringToObject(json, "dtype", "F32") != NULL &&
           add_numbers(json, "shape", tensor->shape, tensor->rank) &&
           add_numbers(json, "data_offsets", offsets, 2);
}

/* Formats the header; NULL without memory. */
static char *format_header(const struct safetensor *tensors, size_t tensor_count,
                           const struct safetensors_entry *metadata, size_t metadata_count)
{
    char *text = NULL;
    size_t begin = 0;
    cJSON *header = cJSON_CreateObject();
    if (header == NULL || !add_metadata(header, metadata, metadata_count))
        goto out;
    for (size_t i = 0; i < tensor_count; i++) {
        if (!add_tensor(header, &tensors[i], begin))
            goto out;
        begin += tensors[i].count * sizeof(float);
    }
    text = cJSON_PrintUnformatted(header);
out:
    cJSON_Delete(header);
    return text;
}

enum digit_status safetensors_write(const char *path, const struct safetensor *tensors,
                                    size_t tensor_count, const struct safetensors_entry *metadata,
                                    size_t metadata_count, struct digit_error *error)
{
    static const char spaces[HEADER_ALIGN] = "        ";
    enum digit_status status = DIGIT_NO_MEMORY;
    char *header = format_header(tensors, tensor_count, metadata, metadata_count);
    struct file_part *parts = calloc(tensor_count + 3, sizeof *parts);
    if (header == NULL || parts == NULL) {
        digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its header", path);
        goto out;
    }
    /* The format allows spaces at the end of the header, which align the tensors. */
    size_t header_bytes = strlen(header);
    size_t padding = (HEADER_ALIGN - header_bytes % HEADER_ALIGN) % HEADER_ALIGN;
    uint64_t length = header_bytes + padding;
    if (length > SAFETENSORS_MAX_HEADER_BYTES) {
        status = digit_fail(error, DIGIT_LIMIT, "%s: header of %zu bytes, the limit is %d", path,
                            header_bytes, SAFETENSORS_MAX_HEADER_BYTES);
        goto out;
    }
    parts[0] = (struct file_part){&length, sizeof length};
    parts[1] = (struct file_part){header, header_bytes};
    parts[2] = (struct file_part){spaces, padding};
    for (size_t i = 0; i < tensor_count; i++)
        parts[3 + i] = (struct file_part){tensors[i].data, tensors[i].count * sizeof(float)};
    status = file_write(path, parts, tensor_count + 3, error);
out:
    free(parts);
    cJSON_free(header);
    return status;
}
