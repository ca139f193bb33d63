#include "trainer/export/quantise.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/export/model_file.h"

#define IMAGES    20
#define MAX_BYTES (1024 * 1024)

static struct digit_error error;

static uint8_t images[IMAGES * DIGIT_PIXELS];
static const struct dataset train = {.count = IMAGES, .images = images};

static void fill_images(void)
{
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = (uint8_t)(i * 2654435761u >> 13);
}

static enum digit_status load(struct digit_model **out, const char *path)
{
    static const struct digit_model_options int8 = {.precision = DIGIT_PRECISION_INT8};
    return digit_model_load(out, path, &int8, &error);
}

static void assert_equal_except_ranges(const struct model_file *before,
                                       const struct model_file *after)
{
    static const char *const keys[] = {"format", "architecture", "labels", "preprocessing",
                                       "training"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_string_equal(safetensors_metadata(after->tensors, keys[i]),
                            safetensors_metadata(before->tensors, keys[i]));
    assert_int_equal(safetensors_count(after->tensors), safetensors_count(before->tensors));
    for (size_t i = 0; i < safetensors_count(before->tensors); i++) {
        const struct safetensor *from = safetensors_at(before->tensors, i);
        const struct safetensor *to = safetensors_find(after->tensors, from->name);
        assert_non_null(to);
        assert_memory_equal(to->data, from->data, from->count * sizeof *from->data);
    }
    assert_non_null(safetensors_metadata(after->tensors, "quantisation"));
}

static void copy_shipped_model(const char *path)
{
    uint8_t *bytes;
    size_t size_bytes;
    assert_int_equal(
        file_read(&bytes, &size_bytes, SOURCE_DIR "/models/digits.safetensors", MAX_BYTES, &error),
        DIGIT_OK);
    const struct file_part part = {bytes, size_bytes};
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    free(bytes);
}

TEST(quantising_a_file_changes_its_ranges_only)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    struct model_file before, after;
    struct digit_model *model;
    copy_shipped_model(path);
    assert_int_equal(model_file_open(&before, path, &error), DIGIT_OK);
    if (quantise_file(path, &train, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(model_file_open(&after, path, &error), DIGIT_OK);
    assert_equal_except_ranges(&before, &after);
    assert_int_equal(load(&model, path), DIGIT_OK);
    digit_model_destroy(model);
    model_file_release(&before);
    model_file_release(&after);
    free(path);
    folder_remove(folder);
}

TEST(ranges_depend_on_the_images)
{
    struct architecture architecture;
    struct quantisation of_all, of_one;
    const struct dataset first = {.count = 1, .images = images};
    load_architecture(&architecture, DIGITS_JSON);
    float *parameters = make_parameters(&architecture, 1);
    assert_int_equal(quantise(&of_all, &architecture, parameters, &train, &error), DIGIT_OK);
    assert_int_equal(quantise(&of_one, &architecture, parameters, &first, &error), DIGIT_OK);
    assert_int_equal(of_all.count, 6);
    for (size_t i = 0; i < of_all.count; i++)
        assert_true(of_all.ranges[i] >= of_one.ranges[i] && of_one.ranges[i] > 0.0f);
    assert_true(of_all.ranges[0] > of_one.ranges[0]);
    free(parameters);
}

TEST(a_file_that_is_not_a_model_is_not_changed)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    uint8_t *bytes;
    size_t size_bytes;
    folder_put(folder, "m", "no model", 8);
    assert_failure(quantise_file(path, &train, &error), &error, DIGIT_MALFORMED, path);
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(size_bytes, 8);
    assert_memory_equal(bytes, "no model", 8);
    free(bytes);
    free(path);
    folder_remove(folder);
}

TEST_FILE_MAIN
{
    fill_images();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantising_a_file_changes_its_ranges_only),
        cmocka_unit_test(ranges_depend_on_the_images),
        cmocka_unit_test(a_file_that_is_not_a_model_is_not_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
