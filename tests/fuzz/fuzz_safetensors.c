/*
 * Weights files: refused with a message, or all that they say can be read; an architecture in their
 * metadata too.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/network/architecture.h"
#include "core/network/architecture_format.h"
#include "core/network/architecture_read.h"
#include "core/weights/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_tensors(const struct safetensors *file)
{
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct safetensor *tensor = safetensors_at(file, i);
        check(safetensors_find(file, tensor->name) == tensor);
        check(tensor->rank >= 1 && tensor->rank <= SAFETENSORS_MAX_RANK);
        for (size_t j = 0; j < tensor->count; j++)
            check(isfinite(tensor->data[j]));
    }
}

static void check_architecture(const char *text)
{
    struct architecture architecture, again;
    struct digit_error error;
    char *formatted = NULL;
    if (architecture_parse(&architecture, text, strlen(text), "the metadata", &error) != DIGIT_OK) {
        check(error.message[0] != '\0');
        return;
    }
    check(architecture_format(&formatted, &architecture, NULL) == DIGIT_OK);
    check(architecture_parse(&again, formatted, strlen(formatted), "itself", NULL) == DIGIT_OK);
    free(formatted);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct safetensors *file = NULL;
    struct digit_error error;
    if (safetensors_parse(&file, bytes, size, "the bytes", &error) != DIGIT_OK) {
        check(error.message[0] != '\0');
        return 0;
    }
    check_tensors(file);
    const char *architecture = safetensors_metadata(file, "architecture");
    if (architecture != NULL)
        check_architecture(architecture);
    safetensors_destroy(file);
    return 0;
}
