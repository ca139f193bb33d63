#include "trainer/cli/training_checkpoint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/recipe/recipe_read.h"

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
static char *path; /* the default path of the checkpoint */
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

/* Chooses the path and opens the checkpoint; returns the first error. */
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

static void the_checkpoint_is_beside_the_output_by_default(void **state)
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

static void the_checkpoint_cannot_be_the_output(void **state)
{
    (void)state;
    assert_refused(output, false, ": must differ from --output");
    assert_refused("/nowhere/file", false, "--checkpoint /nowhere/file: cannot write");
}

static void an_existing_checkpoint_needs_resume(void **state)
{
    (void)state;
    struct training_checkpoint checkpoint;
    put_checkpoint();
    assert_refused(
        NULL, false,
        "model.checkpoint: the checkpoint of an unfinished training exists: continue with "
        "--resume, or delete the file");
    assert_int_equal(begin(&checkpoint, NULL, true, NULL), DIGIT_OK);
    assert_int_equal(checkpoint.epochs, 2);
    assert_int_equal(training_checkpoint_state(&checkpoint)->epochs_run, 2);
    training_checkpoint_release(&checkpoint);
}

static void a_checkpoint_of_a_different_recipe_is_refused_and_kept(void **state)
{
    (void)state;
    put_checkpoint();
    recipe.fit.epochs++;
    assert_refused(NULL, true, "model.checkpoint: different recipe: epochs is ");
    assert_int_equal(access(path, R_OK), 0);
}

static void remove_deletes_an_existing_checkpoint(void **state)
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

TEST_MAIN(IN_FOLDER(the_checkpoint_is_beside_the_output_by_default),
          IN_FOLDER(the_checkpoint_cannot_be_the_output),
          IN_FOLDER(an_existing_checkpoint_needs_resume),
          IN_FOLDER(a_checkpoint_of_a_different_recipe_is_refused_and_kept),
          IN_FOLDER(remove_deletes_an_existing_checkpoint))
