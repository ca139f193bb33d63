#include "trainer/tuition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/trainer/fixtures.h"

#define IMAGES 3

static const struct dataset data = {.count = IMAGES, .sha256 = "abc"};
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

static void write_teacher(const char *folder, const char *name, uint64_t start)
{
    char *path = folder_path(folder, name);
    write_model(path, start);
    free(path);
}

static struct recipe recipe_of(const char *folder)
{
    struct recipe recipe;
    recipe_init(&recipe);
    snprintf(recipe.teachers.name, sizeof recipe.teachers.name, "%s", folder);
    return recipe;
}

static void a_recipe_without_teachers_opens_none(void **state)
{
    struct tuition tuition;
    struct recipe recipe;
    (void)state;
    recipe_init(&recipe);
    assert_int_equal(tuition_open(&tuition, &recipe, &data, NULL, 1, &error), DIGIT_OK);
    assert_null(tuition.teachers);
    assert_failure(tuition_open(&tuition, &recipe, &data, "notes", 1, &error), &error,
                   DIGIT_INVALID, "--teacher-notes notes: the recipe has no distill.teachers");
}

static void all_models_of_the_folder_teach(void **state)
{
    struct tuition tuition;
    struct fit_settings settings = {0};
    write_teacher(*state, "b.safetensors", 1);
    write_teacher(*state, "a.safetensors", 2);
    folder_put(*state, "README", "x", 1);
    struct recipe recipe = recipe_of(*state);
    assert_int_equal(tuition_open(&tuition, &recipe, &data, NULL, 2, &error), DIGIT_OK);
    assert_int_equal(teachers_count(tuition.teachers), 2);
    tuition_apply(&tuition, &settings);
    assert_ptr_equal(settings.teachers, tuition.teachers);
    assert_null(settings.notes);
    tuition_close(&tuition);
    tuition_close(&tuition);
}

static void a_folder_without_models_is_refused(void **state)
{
    struct tuition tuition;
    struct recipe recipe = recipe_of(*state);
    assert_failure(tuition_open(&tuition, &recipe, &data, NULL, 1, &error), &error, DIGIT_INVALID,
                   "0 files end in .safetensors, must be 1 to 64");
    strcat(recipe.teachers.name, "/missing");
    assert_failure(tuition_open(&tuition, &recipe, &data, NULL, 1, &error), &error, DIGIT_IO,
                   "missing: cannot read the folder");
}

/* Writes the notes of epoch 0, or expects them to be known or refused. */
static enum digit_status open_notes(const char *folder, const struct recipe *recipe, bool *known)
{
    struct tuition tuition;
    assert_int_equal(tuition_open(&tuition, recipe, &data, folder, 1, &error), DIGIT_OK);
    enum digit_status status = teacher_notes_open(tuition.notes, 0, false, &error);
    *known = teacher_notes_known(tuition.notes);
    if (status == DIGIT_OK)
        status = teacher_notes_close(tuition.notes, &error);
    tuition_close(&tuition);
    return status;
}

static void assert_not_shared(const char *folder, const struct recipe *recipe)
{
    bool known;
    assert_failure(open_notes(folder, recipe, &known), &error, DIGIT_INVALID,
                   "notes of other teachers, data or augmentation");
}

static void students_share_notes_if_they_see_the_same_images(void **state)
{
    bool known;
    write_teacher(*state, "a.safetensors", 2);
    struct recipe recipe = recipe_of(*state);
    recipe.augment_seed = 5;
    assert_int_equal(open_notes(*state, &recipe, &known), DIGIT_OK);
    assert_false(known);
    recipe.seed = 77; /* another student */
    recipe.learning_rate = 0.5;
    recipe.epochs += 100;
    recipe.gentle_epochs += 10;
    recipe.distort.probability = 0.5f; /* the teachers see nothing of this */
    recipe.style = (struct style_ranges){.flag_probability = 0.5f, .bar_probability = 0.5f};
    recipe.junk.share = 0.5f;
    recipe.gentle.junk = 1.0f;
    assert_int_equal(open_notes(*state, &recipe, &known), DIGIT_OK);
    assert_true(known);
    recipe.augment.shift_px += 1.0f;
    assert_not_shared(*state, &recipe);
    recipe.augment.shift_px -= 1.0f;
    recipe.mix.probability = 0.5f;
    assert_not_shared(*state, &recipe);
    recipe.mix.probability = 0.0f;
    recipe.gentle.mix += 0.25f;
    assert_not_shared(*state, &recipe);
    recipe.gentle.mix -= 0.25f;
    recipe.repeat.images = 1;
    assert_not_shared(*state, &recipe);
    recipe.repeat.images = 0;
    recipe.validation += 1; /* whose notes would be missing */
    assert_not_shared(*state, &recipe);
    recipe.validation -= 1;
    write_teacher(*state, "a.safetensors", 3);
    assert_not_shared(*state, &recipe);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_recipe_without_teachers_opens_none),
        TEST(all_models_of_the_folder_teach),
        TEST(a_folder_without_models_is_refused),
        TEST(students_share_notes_if_they_see_the_same_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
