#include "trainer/distill/hard_examples.h"

#include <math.h>
#include <stdlib.h>

#include <digit/image.h>

#include "core/network/model.h"
#include "core/network/parameters.h"
#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/net/network.h"

#define IMAGES 70

static struct digit_error error;

struct fixture {
    char *folder;
    struct dataset data;
    struct teachers *teachers;
};

/* Writes a teacher that is more certain of an image the brighter its first pixel is. */
static void write_teacher(const char *path, float weight)
{
    const struct model_card card = {
        .labels = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
        .preprocessing = train_preprocessing,
    };
    struct architecture architecture;
    struct parameter_table table;
    dense_architecture(&architecture);
    parameter_table_init(&table, &architecture);
    float *parameters = calloc(table.total, sizeof *parameters);
    assert_non_null(parameters);
    parameters[0] = weight;
    assert_int_equal(model_save(path, &architecture, parameters, &card, &error), DIGIT_OK);
    free(parameters);
}

/* Image 40 is the brightest; an image is darker the further its index is from 40, so 39 and 41 are
 * equal, and 38 and 42. */
static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->folder = folder_make();
    blank_dataset(&fixture->data, IMAGES);
    for (size_t i = 0; i < IMAGES; i++)
        fixture->data.images[i * DIGIT_PIXELS] = (uint8_t)(250 - 5 * abs((int)i - 40));
    char *path = folder_path(fixture->folder, "teacher.safetensors");
    write_teacher(path, 1.0f);
    free(path);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    teachers_destroy(fixture->teachers);
    dataset_release(&fixture->data);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static void select_examples(struct hard_examples *out, struct fixture *fixture, size_t images,
                            const uint32_t *trained, size_t count, size_t thread_count)
{
    const struct hard_example_settings settings = {images, 3};
    struct thread_pool *pool;
    teachers_destroy(fixture->teachers);
    assert_int_equal(thread_pool_create(&pool, thread_count, &error), DIGIT_OK);
    assert_int_equal(
        teachers_open_folder(&fixture->teachers, fixture->folder, thread_count, &error), DIGIT_OK);
    assert_int_equal(hard_examples_select(out, &settings, &fixture->data, trained, count,
                                          fixture->teachers, pool, &error),
                     DIGIT_OK);
    thread_pool_destroy(pool);
}

/* The darkest images with even indices. Image 10 would equal image 70, if there were one. */
TEST(the_least_certain_images_are_selected)
{
    static const uint32_t expected[] = {0, 2, 4, 6, 8, 10, 12};
    uint32_t trained[IMAGES / 2];
    struct hard_examples hard_examples;
    for (uint32_t i = 0; i < IMAGES / 2; i++)
        trained[i] = IMAGES - 2 - 2 * i;
    for (size_t thread_count = 1; thread_count <= 3; thread_count++) {
        select_examples(&hard_examples, *state, 7, trained, IMAGES / 2, thread_count);
        assert_int_equal(hard_examples.count, 7);
        assert_memory_equal(hard_examples.images, expected, sizeof expected);
        hard_examples_release(&hard_examples);
    }
}

TEST(of_equal_entropies_the_lower_index_is_selected)
{
    static const uint32_t trained[] = {39, 40, 41, 38, 42}, expected[] = {38, 39, 42};
    struct hard_examples hard_examples;
    select_examples(&hard_examples, *state, 3, trained, 5, 2);
    assert_memory_equal(hard_examples.images, expected, sizeof expected);
    hard_examples_release(&hard_examples);
    select_examples(&hard_examples, *state, 5, trained, 5, 2); /* all */
    assert_int_equal(hard_examples.count, 5);
    hard_examples_release(&hard_examples);
}

TEST(samples_after_the_images_are_the_hard_examples)
{
    static const uint32_t trained[] = {0, 3, 40, 41};
    static const size_t expected[] = {0, 3, 0, 3, 0, 3};
    const struct hard_example_settings settings = {2, 3};
    struct hard_examples hard_examples;
    select_examples(&hard_examples, *state, 2, trained, 4, 1);
    assert_int_equal(hard_examples_extra(&settings), 6);
    for (size_t i = 0; i < IMAGES; i++)
        assert_int_equal(hard_examples_image(&hard_examples, i), i);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(hard_examples_image(&hard_examples, IMAGES + i), expected[i]);
    hard_examples_release(&hard_examples);
    hard_examples_release(&hard_examples);
}

TEST(without_hard_examples_no_teachers_are_needed)
{
    static const uint32_t trained[] = {1};
    const struct hard_example_settings settings = {0, 4};
    struct fixture *fixture = *state;
    struct hard_examples hard_examples;
    assert_int_equal(hard_examples_select(&hard_examples, &settings, &fixture->data, trained, 1,
                                          NULL, NULL, &error),
                     DIGIT_OK);
    assert_int_equal(hard_examples_extra(&settings), 0);
    assert_int_equal(hard_examples_image(&hard_examples, 5), 5);
    hard_examples_release(&hard_examples);
}

TEST(a_teacher_with_logits_that_are_not_finite_is_an_error)
{
    static const uint32_t trained[] = {39, 40};
    const struct hard_example_settings settings = {1, 4};
    struct fixture *fixture = *state;
    struct hard_examples hard_examples;
    struct thread_pool *pool;
    char *path = folder_path(fixture->folder, "teacher.safetensors");
    write_teacher(path, 3e38f);
    free(path);
    assert_int_equal(thread_pool_create(&pool, 2, &error), DIGIT_OK);
    assert_int_equal(teachers_open_folder(&fixture->teachers, fixture->folder, 2, &error),
                     DIGIT_OK);
    assert_failure(hard_examples_select(&hard_examples, &settings, &fixture->data, trained, 2,
                                        fixture->teachers, pool, &error),
                   &error, DIGIT_INVALID, "finite");
    assert_null(hard_examples.count);
    thread_pool_destroy(pool);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_FIXTURE(the_least_certain_images_are_selected),
          WITH_FIXTURE(of_equal_entropies_the_lower_index_is_selected),
          WITH_FIXTURE(samples_after_the_images_are_the_hard_examples),
          WITH_FIXTURE(without_hard_examples_no_teachers_are_needed),
          WITH_FIXTURE(a_teacher_with_logits_that_are_not_finite_is_an_error))
