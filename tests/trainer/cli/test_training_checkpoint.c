#include "trainer/cli/training_checkpoint.h"
#include "trainer/recipe/recipe_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/trainer/fixtures.h"

#define TOTAL 3

static const float ARRAY[TOTAL] = {1, 2, 3};
static const struct fit_epoch HISTORY[2];
static const struct fit_state STATE = {
    .epochs_run = 2,
    .history = HISTORY,
    .parameter_total = TOTAL,
    .parameters = ARRAY,
    .mean = ARRAY,
    .square = ARRAY,
    .ema = ARRAY,
    .kept = ARRAY,
};

static char *folder;
static char *output;
static char *path; /* the checkpoint's, if none is given */
static struct recipe recipe;
static struct architecture architecture;
static struct dataset train = {.sha256 = "abc"};

static int set_up(void **state)
{
    (void)state;
    folder = folder_make();
    output = folder_path(folder, "model");
    path = folder_path(folder, "model.checkpoint");
    recipe_init(&recipe);
    dense_architecture(&architecture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(path);
    free(output);
    folder_remove(folder);
    return 0;
}

/* Places and opens; the status is that of the step that failed. */
static enum digit_status begin(struct training_checkpoint *out, const char *given, bool resume,
                               struct digit_error *error)
{
    enum digit_status status = training_checkpoint_place(out, output, given, resume, error);
    if (status == DIGIT_OK)
        status = training_checkpoint_open(out, &recipe, &architecture, &train, error);
    return status;
}

static void assert_refused(const char *given, bool resume, const char *reason)
{
    struct training_checkpoint checkpoint;
    struct digit_error error;
    assert_true(begin(&checkpoint, given, resume, &error) != DIGIT_OK);
    if (strstr(error.message, reason) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", reason, error.message);
    training_checkpoint_release(&checkpoint);
}

static void put_checkpoint(void)
{
    struct training_checkpoint checkpoint;
    assert_int_equal(begin(&checkpoint, NULL, false, NULL), DIGIT_OK);
    assert_int_equal(training_checkpoint_save(&checkpoint, &STATE, NULL), DIGIT_OK);
    assert_int_equal(checkpoint.epochs, 2);
    training_checkpoint_release(&checkpoint);
}

static void it_lies_beside_the_output_unless_told_otherwise(void **state)
{
    (void)state;
    struct training_checkpoint checkpoint;
    assert_int_equal(begin(&checkpoint, NULL, false, NULL), DIGIT_OK);
    assert_string_equal(checkpoint.path, path);
    assert_null(training_checkpoint_state(&checkpoint));
    training_checkpoint_release(&checkpoint);
    assert_int_equal(begin(&checkpoint, "elsewhere", true, NULL), DIGIT_OK);
    assert_string_equal(checkpoint.path, "elsewhere");
    training_checkpoint_release(&checkpoint);
}

static void it_cannot_be_the_output(void **state)
{
    (void)state;
    assert_refused(output, false, ": the model file has that name");
    assert_refused("/nowhere/file", false, "--checkpoint /nowhere/file: cannot write");
}

static void a_file_that_is_there_is_taken_with_resume_only(void **state)
{
    (void)state;
    struct training_checkpoint checkpoint;
    put_checkpoint();
    assert_refused(NULL, false,
                   "model.checkpoint: an unfinished training: add --resume to continue it, or "
                   "delete the file");
    assert_int_equal(begin(&checkpoint, NULL, true, NULL), DIGIT_OK);
    assert_int_equal(checkpoint.epochs, 2);
    assert_int_equal(training_checkpoint_state(&checkpoint)->epochs_run, 2);
    training_checkpoint_release(&checkpoint);
}

static void that_of_another_recipe_is_refused_and_kept(void **state)
{
    (void)state;
    put_checkpoint();
    recipe.fit.epochs++;
    assert_refused(NULL, true, "model.checkpoint: of another recipe: epochs is ");
    assert_int_equal(access(path, R_OK), 0);
}

static void remove_deletes_it_once(void **state)
{
    (void)state;
    struct training_checkpoint checkpoint;
    assert_int_equal(begin(&checkpoint, NULL, false, NULL), DIGIT_OK);
    assert_int_equal(training_checkpoint_remove(&checkpoint, NULL), DIGIT_OK);
    assert_int_equal(training_checkpoint_save(&checkpoint, &STATE, NULL), DIGIT_OK);
    assert_int_equal(access(path, R_OK), 0);
    assert_int_equal(training_checkpoint_remove(&checkpoint, NULL), DIGIT_OK);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(training_checkpoint_remove(&checkpoint, NULL), DIGIT_OK);
    training_checkpoint_release(&checkpoint);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(it_lies_beside_the_output_unless_told_otherwise),
        IN_FOLDER(it_cannot_be_the_output),
        IN_FOLDER(a_file_that_is_there_is_taken_with_resume_only),
        IN_FOLDER(that_of_another_recipe_is_refused_and_kept),
        IN_FOLDER(remove_deletes_it_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
