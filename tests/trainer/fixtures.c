#include "tests/trainer/fixtures.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/network/architecture_read.h"
#include "core/network/model.h"
#include "trainer/net/network.h"

#define WEIGHTS ((size_t)DIGIT_CLASSES * DIGIT_PIXELS) /* number of weights of dense_architecture */

const struct warp_ranges all_warps = {
    .rotation_deviation_deg = 7.0f,
    .rotation_limit_deg = 15.0f,
    .scale = 0.15f,
    .shear = 0.15f,
    .shift_px = 2.0f,
    .elastic_probability = 0.5f,
    .elastic_px = 0.9f,
};

char *folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = folder_path(parent != NULL ? parent : "/tmp", "digitd-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

char *folder_path(const char *folder, const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

void folder_put(const char *folder, const char *name, const void *bytes, size_t size_bytes)
{
    char *path = folder_path(folder, name);
    const struct file_part part = {bytes, size_bytes};
    assert_int_equal(file_write(path, &part, 1, NULL), DIGIT_OK);
    free(path);
}

void folder_remove(char *folder)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        if (entry->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(directory), entry->d_name, 0), 0);
    closedir(directory);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

int folder_set_up(void **state)
{
    *state = folder_make();
    return 0;
}

int folder_tear_down(void **state)
{
    folder_remove(*state);
    return 0;
}

void blank_dataset(struct dataset *out, size_t count)
{
    *out = (struct dataset){
        .images = calloc(count, DIGIT_PIXELS), .labels = calloc(count, 1), .count = count};
    assert_non_null(out->images);
    assert_non_null(out->labels);
}

void dense_architecture(struct architecture *out)
{
    static const char text[] =
        "{\"name\": \"dense\", \"layers\": [{\"type\": \"flatten\"},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}";
    assert_int_equal(architecture_parse(out, text, sizeof text - 1, "test", NULL), DIGIT_OK);
}

static struct digit_model *dense_model(const float *weight, const float *bias)
{
    struct architecture architecture;
    dense_architecture(&architecture);
    float parameters[WEIGHTS + DIGIT_CLASSES];
    memcpy(parameters, weight, WEIGHTS * sizeof(float));
    memcpy(parameters + WEIGHTS, bias, DIGIT_CLASSES * sizeof(float));
    struct digit_model *model;
    assert_int_equal(
        model_create(&model, &architecture, parameters, &train_preprocessing, NULL, NULL, NULL),
        DIGIT_OK);
    return model;
}

struct digit_model *pixel_model(void)
{
    static float weight[WEIGHTS];
    static const float bias[DIGIT_CLASSES];
    /* A lit pixel raises its input by 1 / deviation and its logit by log 27: probability 27 / (27 +
     * 9). */
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        weight[i * DIGIT_PIXELS + i] = MODEL_MNIST_DEVIATION * logf(27.0f);
    return dense_model(weight, bias);
}

void pixel_image(uint8_t out[DIGIT_PIXELS], size_t digit)
{
    memset(out, 0, DIGIT_PIXELS);
    out[digit] = 255;
}

struct digit_model *stubborn_model(size_t digit)
{
    static const float weight[WEIGHTS];
    float bias[DIGIT_CLASSES] = {0};
    bias[digit] = 200.0f;
    return dense_model(weight, bias);
}
