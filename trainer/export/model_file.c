#include "trainer/export/model_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/network/architecture_read.h"

#define MAX_FILE_BYTES ((size_t)256 * 1024 * 1024)

static enum digit_status read_metadata(struct model_file *out, const char *path,
                                       struct digit_error *error)
{
    const char *layers = safetensors_metadata(out->tensors, "architecture");
    if (layers == NULL)
        return digit_fail(error, DIGIT_INVALID,
                          "%s: not a digitd model file: metadata \"architecture\" is missing",
                          path);
    out->training = safetensors_metadata(out->tensors, "training");
    return architecture_parse(&out->architecture, layers, strlen(layers), path, error);
}

enum digit_status model_file_open(struct model_file *out, const char *path,
                                  struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_FILE_BYTES, error);
    if (status == DIGIT_OK)
        status = safetensors_parse(&out->tensors, bytes, size_bytes, path, error);
    if (status == DIGIT_OK)
        status = read_metadata(out, path, error);
    free(bytes);
    if (status != DIGIT_OK)
        model_file_release(out);
    return status;
}

enum digit_status model_file_write(const char *path, const struct model_file *file,
                                   struct digit_error *error)
{
    size_t count = safetensors_count(file->tensors);
    size_t entries = safetensors_metadata_count(file->tensors);
    struct safetensor *tensors = calloc(count + 1, sizeof *tensors); /* not 0 elements */
    struct safetensors_entry *metadata = calloc(entries + 1, sizeof *metadata);
    enum digit_status status;
    if (tensors == NULL || metadata == NULL) {
        status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu tensors", path, count);
    } else {
        for (size_t i = 0; i < count; i++)
            tensors[i] = *safetensors_at(file->tensors, i);
        for (size_t i = 0; i < entries; i++)
            metadata[i] = safetensors_metadata_at(file->tensors, i);
        status = safetensors_write(path, tensors, count, metadata, entries, error);
    }
    free(metadata);
    free(tensors);
    return status;
}

void model_file_release(struct model_file *file)
{
    safetensors_destroy(file->tensors);
    memset(file, 0, sizeof *file);
}
