#include "trainer/teacher_notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/model.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/trainer/fixtures.h"

#define IMAGES     7
#define MAX_BYTES  4096
#define FILE_BYTES (88 + IMAGES * DIGIT_CLASSES * sizeof(float))

static const char KEY[SHA256_HEX_BYTES] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char OTHER_KEY[SHA256_HEX_BYTES] =
    "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct digit_error error;

static int make(void **state)
{
    *state = folder_make();
    return 0;
}

static int clean(void **state)
{
    folder_remove(*state);
    return 0;
}

static struct teacher_notes *open_notes(const char *folder, const char *key, size_t epoch)
{
    struct teacher_notes *notes;
    assert_int_equal(teacher_notes_create(&notes, folder, key, IMAGES, &error), DIGIT_OK);
    assert_int_equal(teacher_notes_open(notes, epoch, false, &error), DIGIT_OK);
    return notes;
}

/* Writes the notes of an epoch, in which image i has i, i + 1, ... */
static void write_notes(const char *folder, size_t epoch)
{
    struct teacher_notes *notes = open_notes(folder, KEY, epoch);
    for (size_t image = 0; image < IMAGES; image++)
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            teacher_notes_at(notes, image)[i] = (float)(image + i);
    assert_int_equal(teacher_notes_close(notes, &error), DIGIT_OK);
    teacher_notes_destroy(notes);
}

static void an_epoch_is_read_back(void **state)
{
    write_notes(*state, 2);
    struct teacher_notes *notes = open_notes(*state, KEY, 2);
    assert_true(teacher_notes_known(notes));
    for (size_t image = 0; image < IMAGES; image++)
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            assert_true(teacher_notes_at(notes, image)[i] == (float)(image + i));
    teacher_notes_destroy(notes);
}

static void an_epoch_that_nobody_noted_is_not_known(void **state)
{
    write_notes(*state, 2);
    struct teacher_notes *notes = open_notes(*state, KEY, 2);
    assert_int_equal(teacher_notes_open(notes, 3, false, &error), DIGIT_OK);
    assert_false(teacher_notes_known(notes));
    teacher_notes_destroy(notes);
    teacher_notes_destroy(NULL);
}

static void known_notes_are_not_written_again(void **state)
{
    write_notes(*state, 0);
    struct teacher_notes *notes = open_notes(*state, KEY, 0);
    teacher_notes_at(notes, 0)[0] = 99.0f;
    assert_int_equal(teacher_notes_close(notes, &error), DIGIT_OK);
    assert_int_equal(teacher_notes_open(notes, 0, false, &error), DIGIT_OK);
    assert_true(teacher_notes_at(notes, 0)[0] == 0.0f);
    teacher_notes_destroy(notes);
}

static void a_gentle_epoch_has_notes_of_its_own(void **state)
{
    write_notes(*state, 2);
    struct teacher_notes *notes = open_notes(*state, KEY, 2);
    assert_int_equal(teacher_notes_open(notes, 2, true, &error), DIGIT_OK);
    assert_false(teacher_notes_known(notes));
    assert_int_equal(teacher_notes_close(notes, &error), DIGIT_OK);
    assert_int_equal(teacher_notes_open(notes, 2, true, &error), DIGIT_OK);
    assert_true(teacher_notes_known(notes));
    teacher_notes_destroy(notes);
}

static void assert_refused(const char *folder, const char *key, enum digit_status status,
                           const char *words)
{
    struct teacher_notes *notes;
    assert_int_equal(teacher_notes_create(&notes, folder, key, IMAGES, &error), DIGIT_OK);
    assert_failure(teacher_notes_open(notes, 0, false, &error), &error, status, words);
    assert_false(teacher_notes_known(notes));
    teacher_notes_destroy(notes);
}

static void notes_of_another_key_are_refused(void **state)
{
    write_notes(*state, 0);
    assert_refused(*state, OTHER_KEY, DIGIT_INVALID,
                   "epoch-0001.notes: notes of other teachers, data or augmentation");
}

static void a_file_that_is_cut_off_or_none_is_refused(void **state)
{
    write_notes(*state, 0);
    char *path = folder_path(*state, "epoch-0001.notes");
    uint8_t *bytes;
    size_t size_bytes;
    assert_int_equal(file_read(&bytes, &size_bytes, path, MAX_BYTES, &error), DIGIT_OK);
    assert_int_equal(size_bytes, FILE_BYTES);
    folder_put(*state, "epoch-0001.notes", bytes, size_bytes - 1);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "bytes, must be");
    folder_put(*state, "epoch-0001.notes", bytes, 20);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "not a file of teachers' notes");
    bytes[0] ^= 1;
    folder_put(*state, "epoch-0001.notes", bytes, size_bytes);
    assert_refused(*state, KEY, DIGIT_MALFORMED, "not a file of teachers' notes");
    free(bytes);
    free(path);
}

static void a_folder_is_made_and_a_file_in_its_place_refused(void **state)
{
    struct teacher_notes *notes;
    char *path = folder_path(*state, "file");
    folder_put(*state, "file", "x", 1);
    assert_int_equal(teacher_notes_create(&notes, path, KEY, IMAGES, &error), DIGIT_OK);
    assert_int_equal(teacher_notes_open(notes, 0, false, &error), DIGIT_OK);
    assert_failure(teacher_notes_close(notes, &error), &error, DIGIT_IO, "file/epoch-0001.notes");
    teacher_notes_destroy(notes);
    free(path);
    path = folder_path(*state, "missing/folder");
    assert_failure(teacher_notes_create(&notes, path, KEY, IMAGES, &error), &error, DIGIT_IO,
                   "cannot make the folder");
    assert_null(notes);
    free(path);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_epoch_is_read_back),
        TEST(an_epoch_that_nobody_noted_is_not_known),
        TEST(known_notes_are_not_written_again),
        TEST(a_gentle_epoch_has_notes_of_its_own),
        TEST(notes_of_another_key_are_refused),
        TEST(a_file_that_is_cut_off_or_none_is_refused),
        TEST(a_folder_is_made_and_a_file_in_its_place_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
