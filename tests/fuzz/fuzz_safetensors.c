/*
 * Weights files: refused with a message, or all that they say can be read; an architecture in their
 * metadata and golden digits too.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/network/architecture.h"
#include "core/network/architecture_format.h"
#include "core/network/architecture_read.h"
#include "core/network/golden.h"
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

static cJSON *parse(const char *text)
{
    cJSON *json = NULL;
    struct digit_error error;
    if (json_parse(&json, text, strlen(text), "the metadata", &error) != DIGIT_OK)
        check(error.message[0] != '\0' && json == NULL);
    return json;
}

/* Golden digits: refused with a message, or the same after they are written and read again. */
static void check_golden(const char *text)
{
    static struct golden golden, again;
    struct digit_error error;
    cJSON *json = parse(text);
    if (json == NULL)
        return;
    if (golden_read(&golden, json, "the metadata", &error) == DIGIT_OK) {
        char *formatted = golden_format(&golden);
        cJSON *read = parse(formatted);
        check(golden_read(&again, read, "itself", NULL) == DIGIT_OK);
        check(memcmp(&again, &golden, sizeof again) == 0);
        cJSON_Delete(read);
        cJSON_free(formatted);
    } else {
        check(error.message[0] != '\0');
    }
    cJSON_Delete(json);
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
    const char *golden = safetensors_metadata(file, "golden");
    if (golden != NULL)
        check_golden(golden);
    safetensors_destroy(file);
    return 0;
}
