#include "trainer/model_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"

#define MAX_FILE_BYTES ((size_t)256 * 1024 * 1024)

static enum digit_status read_metadata(struct model_file *out, const char *path,
                                       struct digit_error *error)
{
    const char *layers = safetensors_metadata(out->tensors, "architecture");
    if (layers == NULL)
        return digit_fail(error, DIGIT_INVALID,
                          "%s: metadata \"architecture\" is missing: not a model of digitd", path);
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

void model_file_release(struct model_file *file)
{
    safetensors_destroy(file->tensors);
    memset(file, 0, sizeof *file);
}
