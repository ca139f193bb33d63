#include "trainer/export/model_file.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"

TEST(a_model_file_opens_with_all_its_tensors)
{
    struct model_file file;
    assert_int_equal(model_file_open(&file, SOURCE_DIR "/models/digits.safetensors", NULL),
                     DIGIT_OK);
    assert_string_equal(file.architecture.name, "digits");
    assert_non_null(safetensors_find(file.tensors, "conv1.weight"));
    assert_non_null(strstr(file.training, "\"seed\""));
    model_file_release(&file);
    assert_null(file.tensors);
}

TEST(a_file_that_is_not_a_model_is_refused)
{
    static const char bytes[] = "\x02\0\0\0\0\0\0\0{}";
    char *folder = folder_make();
    folder_put(folder, "m", bytes, sizeof bytes - 1);
    char *path = folder_path(folder, "m");
    struct model_file file;
    struct digit_error error;
    assert_failure(model_file_open(&file, path, &error), &error, DIGIT_INVALID,
                   "not a digitd model file: metadata \"architecture\" is missing");
    assert_null(file.tensors);
    assert_failure(model_file_open(&file, "/nowhere", &error), &error, DIGIT_IO, "/nowhere");
    free(path);
    folder_remove(folder);
}

static void assert_same_tensors(const struct safetensors *a, const struct safetensors *b)
{
    assert_int_equal(safetensors_count(a), safetensors_count(b));
    for (size_t i = 0; i < safetensors_count(a); i++) {
        const struct safetensor *from = safetensors_at(a, i), *to = safetensors_at(b, i);
        assert_string_equal(to->name, from->name);
        assert_int_equal(to->rank, from->rank);
        assert_memory_equal(to->shape, from->shape, sizeof to->shape);
        assert_memory_equal(to->data, from->data, from->count * sizeof *from->data);
    }
}

/* Checks that the files are equal except for `key`, which has `value` in the second one. */
static void assert_equal_except(const struct model_file *before, const struct model_file *after,
                                const char *key, const char *value)
{
    assert_same_tensors(before->tensors, after->tensors);
    for (size_t i = 0; i < safetensors_metadata_count(before->tensors); i++) {
        struct safetensors_entry entry = safetensors_metadata_at(before->tensors, i);
        const char *expected = strcmp(entry.key, key) == 0 ? value : entry.value;
        assert_string_equal(safetensors_metadata_at(after->tensors, i).key, entry.key);
        assert_string_equal(safetensors_metadata_at(after->tensors, i).value, expected);
    }
    assert_string_equal(safetensors_metadata(after->tensors, key), value);
}

/* An unknown key, and two between others. */
TEST(writing_keeps_everything_but_a_value_that_was_set)
{
    static const char *const keys[] = {"calibration", "unknown", "labels"};
    char *folder = folder_make(), *path = folder_path(folder, "m");
    struct model_file before, changed, after;
    struct digit_error error;
    const char *from = SOURCE_DIR "/models/digits.safetensors";
    assert_int_equal(model_file_open(&before, from, NULL), DIGIT_OK);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(model_file_open(&changed, from, &error), DIGIT_OK);
        assert_int_equal(safetensors_set_metadata(changed.tensors, keys[i], "{\"a\": 1}", &error),
                         DIGIT_OK);
        if (model_file_write(path, &changed, &error) != DIGIT_OK)
            fail_msg("%s", error.message);
        model_file_release(&changed);
        assert_int_equal(model_file_open(&after, path, &error), DIGIT_OK);
        assert_equal_except(&before, &after, keys[i], "{\"a\": 1}");
        model_file_release(&before);
        before = after;
        from = path;
    }
    assert_failure(model_file_write("/nowhere/m", &before, &error), &error, DIGIT_IO, "/nowhere/m");
    model_file_release(&before);
    free(path);
    folder_remove(folder);
}

TEST_MAIN(cmocka_unit_test(a_model_file_opens_with_all_its_tensors),
          cmocka_unit_test(a_file_that_is_not_a_model_is_refused),
          cmocka_unit_test(writing_keeps_everything_but_a_value_that_was_set))
