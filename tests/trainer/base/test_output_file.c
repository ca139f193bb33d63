#include "trainer/base/output_file.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

static char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void assert_refused(const char *path, enum digit_status expected, const char *reason)
{
    struct digit_error error;
    assert_int_equal(output_file_check("--output", path, &error), expected);
    assert_ptr_equal(strstr(error.message, "--output "), error.message);
    assert_non_null(strstr(error.message, path));
    assert_non_null(strstr(error.message, reason));
}

static void new_and_existing_files_are_accepted(void **state)
{
    (void)state;
    char *path = folder_path(folder, "file");
    assert_int_equal(output_file_check("--output", path, NULL), DIGIT_OK);
    folder_put(folder, "file", "x", 1);
    assert_int_equal(output_file_check("--output", path, NULL), DIGIT_OK);
    assert_int_equal(output_file_check("--output", "no_folder_in_its_name", NULL), DIGIT_OK);
    free(path);
}

static void a_path_that_is_not_a_regular_file_is_refused(void **state)
{
    (void)state;
    assert_refused(folder, DIGIT_INVALID, ": not a regular file");
    assert_refused("/dev/full", DIGIT_INVALID, ": not a regular file");
}

static void a_folder_that_cannot_be_written_to_is_refused_with_the_reason(void **state)
{
    (void)state;
    assert_refused("/nowhere/file", DIGIT_IO, ": cannot write to its folder: No such file");
    folder_put(folder, "file", "x", 1);
    char *below = folder_path(folder, "file/below");
    assert_refused(below, DIGIT_IO, ": cannot write to its folder: Not a directory");
    free(below);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(IN_FOLDER(new_and_existing_files_are_accepted),
          IN_FOLDER(a_path_that_is_not_a_regular_file_is_refused),
          IN_FOLDER(a_folder_that_cannot_be_written_to_is_refused_with_the_reason))
