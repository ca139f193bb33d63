#include "trainer/distill/teacher_cache.h"

#include <stdlib.h>
#include <string.h>

#include <digit/model.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"

#define IMAGES     7
#define MAX_BYTES  4096
#define FILE_BYTES (88 + IMAGES * DIGIT_CLASSES * sizeof(float))

static const char KEY[SHA256_HEX_BYTES] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char OTHER_KEY[SHA256_HEX_BYTES] =
    "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct digit_error error;

static struct teacher_cache *open_cache(const char *folder, const char *key, size_t epoch)
{
    struct teacher_cache *cache;
    assert_int_equal(teacher_cache_create(&cache, folder, key, IMAGES, &error), DIGIT_OK);
    assert_int_equal(teacher_cache_begin_epoch(cache, epoch, false, &error), DIGIT_OK);
    return cache;
}

/* Writes the cache file of an epoch; the logits of image i are i, i + 1, ... */
static void write_cache(const char *folder, size_t epoch)
{
    struct teacher_cache *cache = open_cache(folder, KEY, epoch);
    for (size_t image = 0; image < IMAGES; image++)
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            teacher_cache_entry(cache, image)[i] = (float)(image + i);
    assert_int_equal(teacher_cache_end_epoch(cache, &error), DIGIT_OK);
    teacher_cache_destroy(cache);
}

TEST(an_epoch_is_read_back)
{
    write_cache(*state, 2);
    struct teacher_cache *cache = open_cache(*state, KEY, 2);
    assert_true(teacher_cache_is_filled(cache));
    for (size_t image = 0; image < IMAGES; image++)
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            assert_true(teacher_cache_entry(cache, image)[i] == (float)(image + i));
    teacher_cache_destroy(cache);
}

TEST(an_epoch_without_a_file_is_not_filled)
{
    write_cache(*state, 2);
    struct teacher_cache *cache = open_cache(*state, KEY, 2);
    assert_int_equal(teacher_cache_begin_epoch(cache, 3, false, &error), DIGIT_OK);
    assert_false(teacher_cache_is_filled(cache));
    teacher_cache_destroy(cache);
    teacher_cache_destroy(NULL);
}

TEST(a_filled_cache_is_not_written_again)
{
    write_cache(*state, 0);
    struct teacher_cache *cache = open_cache(*state, KEY, 0);
    teacher_cache_entry(cache, 0)[0] = 99.0f;
    assert_int_equal(teacher_cache_end_epoch(cache, &error), DIGIT_OK);
    assert_int_equal(teacher_cache_begin_epoch(cache, 0, false, &error), DIGIT_OK);
    assert_true(teacher_cache_entry(cache, 0)[0] == 0.0f);
    teacher_cache_destroy(cache);
}

TEST(a_final_epoch_has_a_cache_file_of_its_own)
{
    write_cache(*state, 2);
    struct teacher_cache *cache = open_cache(*state, KEY, 2);
    assert_int_equal(teacher_cache_begin_epoch(cache, 2, true, &error), DIGIT_OK);
    assert_false(teacher_cache_is_filled(cache));
    assert_int_equal(teacher_cache_end_epoch(cache, &error), DIGIT_OK);
    assert_int_equal(teacher_cache_begin_epoch(cache, 2, true, &error), DIGIT_OK);
    assert_true(teacher_cache_is_filled(cache));
    teacher_cache_destroy(cache);
}

static void assert_refused(const char *folder, const char *key, enum digit_status status,
                           const char *words)
{
    struct teacher_cache *cache;
    assert_int_equal(teacher_cache_create(&cache, folder, key, IMAGES, &error), DIGIT_OK);
    assert_failure(teacher_cache_begin_epoch(cache, 0, false, &error), &error, status, words);
    assert_false(teacher_cache_is_filled(cache));
    teacher_cache_destroy(cache);
}

TEST(a_cache_with_another_key_is_refused)
{
    write_cache(*state, 0);
    assert_refused(
        *state, OTHER_KEY, DIGIT_INVALID,
        "epoch-0001.logits: made with other teachers, training images or augmentation settings");
}

TEST(a_truncated_or_foreign_file_is_refused)
{
    write_cache(*state, 0);
    char *path = folder_path(*state, "epoch-0001.logits");
    uint8_t *bytes;
    size_t size_bytes;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(size_bytes, FILE_BYTES);
    folder_put(*state, "epoch-0001.logits", bytes, size_bytes - 1);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "bytes, expected");
    folder_put(*state, "epoch-0001.logits", bytes, 20);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "not a teacher cache file");
    bytes[0] ^= 1;
    folder_put(*state, "epoch-0001.logits", bytes, size_bytes);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "not a teacher cache file");
    free(bytes);
    free(path);
}

TEST(the_folder_must_be_one_that_can_be_created)
{
    struct teacher_cache *cache;
    char *path = folder_path(*state, "file");
    folder_put(*state, "file", "x", 1);
    assert_int_equal(teacher_cache_create(&cache, path, KEY, IMAGES, &error), DIGIT_OK);
    assert_int_equal(teacher_cache_begin_epoch(cache, 0, false, &error), DIGIT_OK);
    assert_failure(teacher_cache_end_epoch(cache, &error), &error, DIGIT_IO,
                   "file/epoch-0001.logits");
    teacher_cache_destroy(cache);
    free(path);
    path = folder_path(*state, "missing/folder");
    assert_failure(teacher_cache_create(&cache, path, KEY, IMAGES, &error), &error, DIGIT_IO,
                   "cannot create the folder");
    assert_null(cache);
    free(path);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

TEST_MAIN(WITH_FIXTURE(an_epoch_is_read_back), WITH_FIXTURE(an_epoch_without_a_file_is_not_filled),
          WITH_FIXTURE(a_filled_cache_is_not_written_again),
          WITH_FIXTURE(a_final_epoch_has_a_cache_file_of_its_own),
          WITH_FIXTURE(a_cache_with_another_key_is_refused),
          WITH_FIXTURE(a_truncated_or_foreign_file_is_refused),
          WITH_FIXTURE(the_folder_must_be_one_that_can_be_created))
