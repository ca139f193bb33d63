#include "trainer/lesson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>
#include <digit/model.h>

#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/trainer/fixtures.h"

#define IMAGES 40
#define BATCH  16

static const char KEY[SHA256_HEX_BYTES] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct digit_error error;

struct fixture {
    char *folder;
    struct dataset data;
    struct team *team;
    struct fit_settings settings;
};

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->folder = folder_make();
    fixture->data = (struct dataset){
        .images = calloc(IMAGES, DIGIT_PIXELS), .labels = calloc(IMAGES, 1), .count = IMAGES};
    assert_non_null(fixture->data.images);
    assert_non_null(fixture->data.labels);
    for (size_t i = 0; i < IMAGES; i++) {
        pixel_image(fixture->data.images + i * DIGIT_PIXELS, i % DIGIT_CLASSES);
        fixture->data.labels[i] = (uint8_t)(i % DIGIT_CLASSES);
    }
    assert_int_equal(team_create(&fixture->team, 3, &error), DIGIT_OK);
    fixture->settings = (struct fit_settings){.epochs = 10,
                                              .batch_size = BATCH,
                                              .gentle_epochs = 2,
                                              .augment = all_warps,
                                              .seed = 1,
                                              .augment_seed = 1,
                                              .teacher_share = 0.5f,
                                              .temperature = 2.0f};
    *state = fixture;
    return 0;
}

static int clean(void **state)
{
    struct fixture *fixture = *state;
    team_destroy(fixture->team);
    dataset_release(&fixture->data);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct lesson *open_lesson(struct fixture *fixture, size_t epoch)
{
    struct lesson *lesson;
    assert_int_equal(
        lesson_create(&lesson, &fixture->data, &fixture->settings, fixture->team, &error),
        DIGIT_OK);
    assert_int_equal(lesson_open_epoch(lesson, epoch, &error), DIGIT_OK);
    return lesson;
}

static struct train_batch fill(struct lesson *lesson, const uint32_t *indices, size_t count)
{
    struct train_batch batch;
    assert_int_equal(lesson_fill(lesson, &batch, indices, count, &error), DIGIT_OK);
    return batch;
}

/* Image 7 in two batches and at two places. */
static void an_image_of_an_epoch_does_not_depend_on_its_batch(void **state)
{
    static const uint32_t first[] = {7, 1, 2}, second[] = {30, 31, 32, 33, 7};
    struct lesson *lesson = open_lesson(*state, 4);
    float pixels[DIGIT_PIXELS];
    struct train_batch batch = fill(lesson, first, 3);
    assert_int_equal(batch.count, 3);
    assert_null(batch.teacher);
    assert_int_equal(batch.labels[0], 7);
    memcpy(pixels, batch.pixels, sizeof pixels);
    batch = fill(lesson, second, 5);
    assert_int_equal(batch.labels[4], 7);
    assert_memory_equal(batch.pixels + 4 * DIGIT_PIXELS, pixels, sizeof pixels);
    lesson_destroy(lesson);
    lesson_destroy(NULL);
}

static void each_epoch_and_each_augmentation_seed_shows_it_differently(void **state)
{
    static const uint32_t index = 7;
    struct fixture *fixture = *state;
    struct lesson *lesson = open_lesson(fixture, 4);
    float pixels[DIGIT_PIXELS];
    memcpy(pixels, fill(lesson, &index, 1).pixels, sizeof pixels);
    assert_int_equal(lesson_open_epoch(lesson, 5, &error), DIGIT_OK);
    assert_memory_not_equal(fill(lesson, &index, 1).pixels, pixels, sizeof pixels);
    assert_int_equal(lesson_open_epoch(lesson, 4, &error), DIGIT_OK);
    fixture->settings.seed = 99;
    assert_memory_equal(fill(lesson, &index, 1).pixels, pixels, sizeof pixels);
    fixture->settings.augment_seed = 99;
    assert_memory_not_equal(fill(lesson, &index, 1).pixels, pixels, sizeof pixels);
    lesson_destroy(lesson);
}

static void write_teacher(const char *folder)
{
    char *path = folder_path(folder, "teacher.safetensors");
    write_model(path, 1);
    free(path);
}

/* All images of an epoch, in batches; keeps what the teachers say of each. */
static void run_epoch(struct lesson *lesson, float answers[IMAGES][DIGIT_CLASSES])
{
    for (uint32_t first = 0; first < IMAGES; first += 10) {
        uint32_t indices[10];
        for (uint32_t i = 0; i < 10; i++)
            indices[i] = IMAGES - 1 - first - i;
        struct train_batch batch = fill(lesson, indices, 10);
        for (size_t i = 0; i < 10; i++)
            memcpy(answers[indices[i]], batch.teacher + i * DIGIT_CLASSES, sizeof answers[0]);
    }
    assert_int_equal(lesson_close_epoch(lesson, &error), DIGIT_OK);
}

static void notes_give_the_same_answers_to_the_bit(void **state)
{
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float asked[IMAGES][DIGIT_CLASSES], noted[IMAGES][DIGIT_CLASSES];
    write_teacher(fixture->folder);
    assert_int_equal(teachers_open_folder(&settings->teachers, fixture->folder, 3, &error),
                     DIGIT_OK);
    assert_int_equal(teacher_notes_create(&settings->notes, fixture->folder, KEY, IMAGES, &error),
                     DIGIT_OK);
    struct lesson *lesson = open_lesson(fixture, 0);
    run_epoch(lesson, asked);
    assert_int_equal(lesson_open_epoch(lesson, 0, &error), DIGIT_OK);
    assert_true(teacher_notes_known(settings->notes));
    run_epoch(lesson, noted);
    assert_memory_equal(asked, noted, sizeof asked);
    assert_memory_not_equal(asked[0], asked[1], sizeof asked[0]);
    lesson_destroy(lesson);
    teacher_notes_destroy(settings->notes);
    teachers_destroy(settings->teachers);
}

/* The student's images are distorted, what the teachers say of them is the same. */
static void teachers_see_the_images_before_they_are_distorted(void **state)
{
    static const uint32_t indices[] = {7, 8, 9};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float pixels[3 * DIGIT_PIXELS], answers[3 * DIGIT_CLASSES];
    write_teacher(fixture->folder);
    assert_int_equal(teachers_open_folder(&settings->teachers, fixture->folder, 3, &error),
                     DIGIT_OK);
    struct lesson *lesson = open_lesson(fixture, 0);
    struct train_batch batch = fill(lesson, indices, 3);
    memcpy(pixels, batch.pixels, sizeof pixels);
    memcpy(answers, batch.teacher, sizeof answers);
    settings->distort.probability = 1.0f;
    settings->distort.contrast_probability = 1.0f;
    settings->distort.contrast_least = 0.1f;
    batch = fill(lesson, indices, 3);
    assert_memory_not_equal(batch.pixels, pixels, sizeof pixels);
    assert_memory_equal(batch.teacher, answers, sizeof answers);
    lesson_destroy(lesson);
    teachers_destroy(settings->teachers);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_image_of_an_epoch_does_not_depend_on_its_batch),
        TEST(each_epoch_and_each_augmentation_seed_shows_it_differently),
        TEST(notes_give_the_same_answers_to_the_bit),
        TEST(teachers_see_the_images_before_they_are_distorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
