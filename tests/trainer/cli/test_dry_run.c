#include "trainer/cli/dry_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/failure.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"
#include "trainer/recipe/recipe_read.h"

static struct recipe recipe_of(size_t batch_size, size_t validation)
{
    struct recipe recipe;
    recipe_init(&recipe);
    recipe.fit.batch_size = batch_size;
    recipe.fit.validation_count = validation;
    return recipe;
}

TEST(reducing_leaves_a_few_batches)
{
    struct recipe recipe = recipe_of(128, 5000);
    recipe.fit.hard_examples.count = 5500;
    struct dataset train = {.count = 60000}, test = {.count = 10000};
    dry_run_reduce(&recipe, &train, &test);
    assert_int_equal(recipe.fit.epochs, DRY_RUN_EPOCHS);
    assert_int_equal(recipe.fit.validation_count, DRY_RUN_EVALUATIONS);
    assert_int_equal(train.count, DRY_RUN_STEPS * 128 + DRY_RUN_EVALUATIONS);
    assert_int_equal(test.count, DRY_RUN_EVALUATIONS);
    assert_int_equal(recipe.fit.batch_size, 128);
    assert_int_equal(recipe.fit.hard_examples.count, (DRY_RUN_STEPS * 128 + 9) / 10);
}

TEST(small_data_sets_are_not_reduced)
{
    struct recipe recipe = recipe_of(100, 50);
    struct dataset train = {.count = 350}, test = {.count = 60};
    dry_run_reduce(&recipe, &train, &test);
    assert_int_equal(recipe.fit.validation_count, 50);
    assert_int_equal(train.count, 350);
    assert_int_equal(test.count, 60);
}

TEST(an_invalid_recipe_stays_invalid)
{
    struct recipe recipe = recipe_of(10, 350);
    struct dataset train = {.count = 350}, test = {.count = 60};
    dry_run_reduce(&recipe, &train, &test);
    assert_true(recipe.fit.validation_count >= train.count);
    recipe = recipe_of(10, 50);
    recipe.fit.hard_examples.count = 301;
    dry_run_reduce(&recipe, &train, &test);
    assert_int_equal(recipe.fit.hard_examples.count, 301);
    assert_int_equal(train.count, 350);
    recipe.fit.hard_examples.count = 1;
    dry_run_reduce(&recipe, &train, &test);
    assert_int_equal(recipe.fit.hard_examples.count, 1);
}

static void put(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

TEST(closing_deletes_the_folder_and_its_files)
{
    char output[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(output, state, "model.safetensors");
    struct dry_run dry_run;
    assert_int_equal(dry_run_open(&dry_run, output, NULL), DIGIT_OK);
    assert_int_equal(temp_folder_count(state), 1);
    struct stat info;
    assert_int_equal(stat(dry_run.folder, &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    put(dry_run.output);
    char other[2 * TEMP_FOLDER_PATH_BYTES];
    snprintf(other, sizeof other, "%s/other", dry_run.folder);
    put(other);
    dry_run_close(&dry_run);
    assert_int_equal(temp_folder_count(state), 0);
    dry_run_close(&dry_run);
}

TEST(a_folder_that_cannot_be_created_is_reported)
{
    struct dry_run dry_run;
    struct digit_error error;
    assert_failure(dry_run_open(&dry_run, "/nowhere/model", &error), &error, DIGIT_IO,
                   "cannot create a folder beside /nowhere/model");
    assert_null(dry_run.folder);
    dry_run_close(&dry_run);
}

TEST(the_time_of_the_complete_training_is_estimated)
{
    char text[DRY_RUN_MESSAGE_SIZE];
    const struct recipe recipe = recipe_of(128, 5000);
    dry_run_describe(text, 500, 0.5, &recipe, 60000);
    assert_string_equal(text, "Dry run succeeded at 1000 images/s; 30 epochs of 55000 images "
                              "would take about 28 min");
    dry_run_describe(text, 500, 0.01, &recipe, 60000);
    assert_string_equal(text, "Dry run succeeded at 50000 images/s; 30 epochs of 55000 images "
                              "would take about 33 s");
}

TEST_MAIN(cmocka_unit_test(reducing_leaves_a_few_batches),
          cmocka_unit_test(small_data_sets_are_not_reduced),
          cmocka_unit_test(an_invalid_recipe_stays_invalid),
          cmocka_unit_test_setup_teardown(closing_deletes_the_folder_and_its_files,
                                          temp_folder_make, temp_folder_remove),
          cmocka_unit_test(a_folder_that_cannot_be_created_is_reported),
          cmocka_unit_test(the_time_of_the_complete_training_is_estimated))
