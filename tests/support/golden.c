#include "tests/support/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "trainer/net/kernels/train_kernels.h"

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
    float largest_float = 1e-4f; /* smaller differences are rounding */
    for (size_t i = 0; i < count; i++)
        largest_float = fmaxf(largest_float, fabsf(expected[i]));
    double largest = (double)largest_float;
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)values[i] - expected[i]) <= tolerance * largest))
            fail_msg("element %zu is %.9g, expected %.9g (largest %.3g, tolerance %.1e)", i,
                     (double)values[i], (double)expected[i], largest, tolerance);
}

float *nhwc_from_nchw(const float *images, size_t count, size_t channels, size_t pixels)
{
    float *out = calloc(count * channels * pixels + GRADIENT_SLACK, sizeof *out);
    assert_non_null(out);
    for (size_t n = 0; n < count; n++)
        for (size_t c = 0; c < channels; c++)
            for (size_t p = 0; p < pixels; p++)
                out[(n * pixels + p) * channels + c] = images[(n * channels + c) * pixels + p];
    return out;
}

static size_t pixels_of(const struct safetensor *tensor)
{
    return tensor->count / tensor->shape[0] / tensor->shape[1];
}

float *golden_nhwc(const struct safetensor *tensor)
{
    return nhwc_from_nchw(tensor->data, tensor->shape[0], tensor->shape[1], pixels_of(tensor));
}

void assert_nhwc_close(const float *values, const struct safetensor *expected, double tolerance)
{
    /* With both exchanged, the same loop converts back. */
    float *nchw =
        nhwc_from_nchw(values, expected->shape[0], pixels_of(expected), expected->shape[1]);
    assert_close(nchw, expected->data, expected->count, tolerance);
    free(nchw);
}
