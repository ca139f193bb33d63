#include "trainer/model_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/failure.h"
#include "tests/trainer/fixtures.h"

static void a_file_of_this_program_opens_with_all_its_tensors(void **state)
{
    (void)state;
    struct model_file file;
    assert_int_equal(model_file_open(&file, SOURCE_DIR "/models/digits.safetensors", NULL),
                     DIGIT_OK);
    assert_string_equal(file.architecture.name, "digits");
    assert_non_null(safetensors_find(file.tensors, "conv1.weight"));
    assert_non_null(strstr(file.training, "\"seed\""));
    model_file_release(&file);
    assert_null(file.tensors);
}

static void a_file_that_is_no_model_is_refused(void **state)
{
    (void)state;
    static const char bytes[] = "\x02\0\0\0\0\0\0\0{}";
    char *folder = folder_make();
    folder_put(folder, "m", bytes, sizeof bytes - 1);
    char *path = folder_path(folder, "m");
    struct model_file file;
    struct digit_error error;
    assert_failure(model_file_open(&file, path, &error), &error, DIGIT_INVALID,
                   "metadata \"architecture\" is missing: not a model of digitd");
    assert_null(file.tensors);
    assert_failure(model_file_open(&file, "/nowhere", &error), &error, DIGIT_IO, "/nowhere");
    free(path);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_this_program_opens_with_all_its_tensors),
        cmocka_unit_test(a_file_that_is_no_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
