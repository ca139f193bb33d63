#include "tests/support/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/kernels/kernels.h"

#define MAX_FILE_BYTES (16 * 1024 * 1024)

struct safetensors *golden_open(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/%s", SOURCE_DIR, name);
    struct digit_error error = {0};
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    struct safetensors *file = NULL;
    if (file_read(&bytes, &size_bytes, path, MAX_FILE_BYTES, &error) != DIGIT_OK ||
        safetensors_parse(&file, bytes, size_bytes, path, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    free(bytes);
    return file;
}

const struct safetensor *golden_get(const struct safetensors *file, const char *prefix,
                                    const char *name)
{
    char full[128];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    const struct safetensor *tensor = safetensors_find(file, full);
    if (tensor == NULL)
        fail_msg("no golden tensor %s", full);
    return tensor;
}

void assert_close(const float *values, const float *expected, size_t count, double tolerance)
{
    double largest = 1e-4; /* below this, what is left is rounding */
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs((double)expected[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)values[i] - expected[i]) <= tolerance * largest))
            fail_msg("element %zu is %.9g, expected %.9g (largest %.3g, tolerance %.1e)", i,
                     (double)values[i], (double)expected[i], largest, tolerance);
}

float *golden_nhwc(const struct safetensor *tensor)
{
    size_t channels = tensor->shape[1], pixels = tensor->count / tensor->shape[0] / channels;
    float *values = calloc(tensor->count + KERNELS_SLACK, sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < tensor->count; i++) {
        size_t image = i / (channels * pixels), channel = i / pixels % channels, at = i % pixels;
        values[(image * pixels + at) * channels + channel] = tensor->data[i];
    }
    return values;
}
