#include "trainer/distill/distillation.h"

#include <stdbool.h>
#include <stdlib.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/distill/teacher_file.h"
#include "tests/trainer/fixtures.h"

#define IMAGES 3

static const struct dataset data = {.count = IMAGES, .sha256 = "abc"};
static const struct dataset other_data = {.count = IMAGES, .sha256 = "abd"};
static struct digit_error error;

static struct distillation_source source_of(const char *folder)
{
    return (struct distillation_source){
        .teachers = folder, .sample_digest = "settings", .data = &data, .sample_count = IMAGES};
}

TEST(all_models_in_the_folder_are_teachers)
{
    struct distillation distillation;
    free(teacher_file_write(*state, "b.safetensors", 1));
    free(teacher_file_write(*state, "a.safetensors", 2));
    folder_put(*state, "README", "x", 1);
    const struct distillation_source source = source_of(*state);
    assert_int_equal(distillation_open(&distillation, &source, 2, &error), DIGIT_OK);
    assert_int_equal(teachers_count(distillation.teachers), 2);
    assert_null(distillation.cache);
    distillation_close(&distillation);
    distillation_close(&distillation);
}

TEST(a_folder_without_models_is_refused)
{
    struct distillation distillation;
    struct distillation_source source = source_of(*state);
    assert_failure(distillation_open(&distillation, &source, 1, &error), &error, DIGIT_INVALID,
                   "0 files end in .safetensors, must be 1 to 64");
    char *missing = folder_path(*state, "missing");
    source.teachers = missing;
    assert_failure(distillation_open(&distillation, &source, 1, &error), &error, DIGIT_IO,
                   "missing: cannot read the folder");
    free(missing);
}

/* Opens epoch 0 of a cache in the teachers' folder and ends it, which writes its file if there is
 * none. */
static enum digit_status run_epoch(struct distillation_source source, bool *is_filled)
{
    struct distillation distillation;
    source.cache = source.teachers;
    assert_int_equal(distillation_open(&distillation, &source, 1, &error), DIGIT_OK);
    enum digit_status status = teacher_cache_begin_epoch(distillation.cache, 0, false, &error);
    *is_filled = teacher_cache_is_filled(distillation.cache);
    if (status == DIGIT_OK)
        status = teacher_cache_end_epoch(distillation.cache, &error);
    distillation_close(&distillation);
    return status;
}

static void assert_not_shared(struct distillation_source source)
{
    bool is_filled;
    assert_failure(run_epoch(source, &is_filled), &error, DIGIT_INVALID,
                   "made with other teachers, training images or augmentation settings");
}

TEST(a_cache_belongs_to_its_teachers_images_and_samples)
{
    bool is_filled;
    free(teacher_file_write(*state, "a.safetensors", 2));
    struct distillation_source source = source_of(*state);
    assert_int_equal(run_epoch(source, &is_filled), DIGIT_OK);
    assert_false(is_filled);
    assert_int_equal(run_epoch(source, &is_filled), DIGIT_OK);
    assert_true(is_filled);
    source.sample_digest = "other settings";
    assert_not_shared(source);
    source.sample_digest = "settings";
    source.data = &other_data;
    assert_not_shared(source);
    source.data = &data;
    free(teacher_file_write(*state, "a.safetensors", 3));
    assert_not_shared(source);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

TEST_MAIN(WITH_FIXTURE(all_models_in_the_folder_are_teachers),
          WITH_FIXTURE(a_folder_without_models_is_refused),
          WITH_FIXTURE(a_cache_belongs_to_its_teachers_images_and_samples))
