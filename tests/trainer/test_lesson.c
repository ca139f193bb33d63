#include "trainer/lesson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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
    uint32_t trained[IMAGES];
    struct team *team;
    struct fit_settings settings;
};

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->folder = folder_make();
    blank_dataset(&fixture->data, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        pixel_image(fixture->data.images + i * DIGIT_PIXELS, i % DIGIT_CLASSES);
        fixture->data.labels[i] = (uint8_t)(i % DIGIT_CLASSES);
        fixture->trained[i] = (uint32_t)i;
    }
    assert_int_equal(team_create(&fixture->team, 3, &error), DIGIT_OK);
    fixture->settings = (struct fit_settings){.epochs = 10,
                                              .batch_size = BATCH,
                                              .gentle_epochs = 2,
                                              .gentle = {0.5f, 0.5f, 0.5f, 0.5f},
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
    assert_int_equal(lesson_create(&lesson, &fixture->data, fixture->trained, IMAGES,
                                   &fixture->settings, fixture->team, &error),
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

/* Gives the lesson a teacher, which the test destroys. */
static void open_teachers(struct fixture *fixture)
{
    char *path = folder_path(fixture->folder, "teacher.safetensors");
    write_model(path, 1);
    free(path);
    assert_int_equal(teachers_open_folder(&fixture->settings.teachers, fixture->folder, 3, &error),
                     DIGIT_OK);
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
    open_teachers(fixture);
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
    open_teachers(fixture);
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

/* Copies what is shown of all images. */
static void show_all(struct fixture *fixture, size_t epoch, float pixels[IMAGES * DIGIT_PIXELS],
                     uint8_t labels[IMAGES])
{
    uint32_t indices[IMAGES];
    for (uint32_t i = 0; i < IMAGES; i++)
        indices[i] = i;
    fixture->settings.batch_size = IMAGES;
    struct lesson *lesson = open_lesson(fixture, epoch);
    struct train_batch batch = fill(lesson, indices, IMAGES);
    memcpy(pixels, batch.pixels, IMAGES * DIGIT_PIXELS * sizeof *pixels);
    memcpy(labels, batch.labels, IMAGES);
    lesson_destroy(lesson);
}

static void junk_replaces_its_share_and_changes_no_other_image(void **state)
{
    struct fixture *fixture = *state;
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    size_t replaced[2] = {0, 0}, epochs[2] = {4, 9}; /* the second is gentle */
    fixture->settings.distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
    for (size_t k = 0; k < 2; k++) {
        fixture->settings.junk.share = 0.0f;
        show_all(fixture, epochs[k], plain, labels);
        fixture->settings.junk.share = 0.5f;
        show_all(fixture, epochs[k], pixels, labels);
        for (size_t i = 0; i < IMAGES; i++) {
            bool same = memcmp(plain + i * DIGIT_PIXELS, pixels + i * DIGIT_PIXELS,
                               DIGIT_PIXELS * sizeof *pixels) == 0;
            assert_int_equal(labels[i], same ? i % DIGIT_CLASSES : TRAIN_NO_CLASS);
            replaced[k] += !same;
        }
    }
    /* Deviations are 3.2 of 20 and 2.7 of 10. */
    assert_in_range(replaced[0], 8, 32);
    assert_in_range(replaced[1], 1, 20);
    assert_true(replaced[1] < replaced[0]);
}

static void make_upright_strokes(struct fixture *fixture)
{
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX % DIGIT_SIDE_PX;
        fixture->data.images[i] = x >= 13 && x < 16 && y >= 4 && y < 24 ? 255 : 0;
    }
}

static size_t count_changed(const float *plain, const float *pixels)
{
    size_t changed = 0;
    for (size_t i = 0; i < IMAGES; i++)
        changed += memcmp(plain + i * DIGIT_PIXELS, pixels + i * DIGIT_PIXELS,
                          DIGIT_PIXELS * sizeof *pixels) != 0;
    return changed;
}

/* Nothing, then one of four things to as many images as may be, in an epoch and in a gentle one. */
static void gentle_epochs_have_their_own_share_of_each(void **state)
{
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    const struct gentle_shares shares[] = {
        {.distort = 1.0f}, {.style = 1.0f}, {.junk = 1.0f}, {.mix = 1.0f}};
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    make_upright_strokes(fixture);
    for (size_t kind = 0; kind < 4; kind++) {
        for (size_t other = 0; other < 4; other++) {
            settings->gentle = shares[other];
            for (size_t epoch = 7; epoch < 9; epoch++) { /* the second is gentle */
                settings->distort.probability = 0.0f;
                settings->style = (struct style_ranges){0.0f, 0.0f};
                settings->junk.share = 0.0f;
                settings->mix.probability = 0.0f;
                show_all(fixture, epoch, plain, labels);
                settings->distort = (struct distort_ranges){.probability = kind == 0 ? 1.0f : 0.0f,
                                                            .noise_probability = 1.0f,
                                                            .noise_deviation = 0.1f};
                settings->style.flag_probability = kind == 1 ? 1.0f : 0.0f;
                settings->junk.share = kind == 2 ? 0.5f : 0.0f;
                settings->mix.probability = kind == 3 ? 1.0f : 0.0f;
                show_all(fixture, epoch, pixels, labels);
                assert_int_equal(count_changed(plain, pixels) > 0, epoch == 7 || kind == other);
            }
        }
    }
}

/* Images of one upright stroke: what is labelled 1 gets a flag, what is labelled 7 a bar. */
static void styles_are_for_ones_and_sevens(void **state)
{
    struct fixture *fixture = *state;
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    make_upright_strokes(fixture);
    show_all(fixture, 4, plain, labels);
    fixture->settings.style = (struct style_ranges){1.0f, 1.0f};
    show_all(fixture, 4, pixels, labels);
    for (size_t i = 0; i < IMAGES; i++) {
        bool same = memcmp(plain + i * DIGIT_PIXELS, pixels + i * DIGIT_PIXELS,
                           DIGIT_PIXELS * sizeof *pixels) == 0;
        assert_int_equal(labels[i], i % DIGIT_CLASSES);
        assert_int_equal(same, labels[i] != 1 && labels[i] != 7);
    }
}

/* Other pictures are shown, what the teachers say is of the digits. */
static void teachers_see_neither_junk_nor_styles(void **state)
{
    static const uint32_t indices[] = {1, 7, 8};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float answers[3 * DIGIT_CLASSES];
    open_teachers(fixture);
    struct lesson *lesson = open_lesson(fixture, 0);
    memcpy(answers, fill(lesson, indices, 3).teacher, sizeof answers);
    settings->style = (struct style_ranges){1.0f, 1.0f};
    settings->junk.share = 1.0f;
    struct train_batch batch = fill(lesson, indices, 3);
    assert_int_equal(batch.labels[0], TRAIN_NO_CLASS);
    assert_memory_equal(batch.teacher, answers, sizeof answers);
    lesson_destroy(lesson);
    teachers_destroy(settings->teachers);
}

/* Only images 3 and 4 may be learnt from; unwarped, a mixture is one of these and the image itself. */
static void what_is_mixed_in_is_among_the_images_to_learn_from(void **state)
{
    static const uint32_t trained[] = {3, 4}, indices[] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct fixture *fixture = *state;
    const uint8_t *images = fixture->data.images;
    size_t mixed[DIGIT_CLASSES] = {0};
    struct lesson *lesson;
    fixture->settings.augment = (struct augment_ranges){0};
    fixture->settings.mix.probability = 1.0f;
    assert_int_equal(lesson_create(&lesson, &fixture->data, trained, 2, &fixture->settings,
                                   fixture->team, &error),
                     DIGIT_OK);
    assert_int_equal(lesson_open_epoch(lesson, 0, &error), DIGIT_OK);
    struct train_batch batch = fill(lesson, indices, 8);
    for (size_t i = 0; i < 8; i++) {
        const struct train_mixture *mixture = &batch.mixtures[i];
        assert_in_range(mixture->label, 3, 4);
        mixed[mixture->label]++;
        for (size_t p = 0; p < DIGIT_PIXELS; p++) {
            float own = (float)images[i * DIGIT_PIXELS + p] / 255.0f;
            float other = (float)images[mixture->label * DIGIT_PIXELS + p] / 255.0f;
            float expected = (1.0f - mixture->share) * own + mixture->share * other;
            assert_float_equal(batch.pixels[i * DIGIT_PIXELS + p], expected, 1e-6f);
        }
        assert_int_equal(batch.labels[i], i);
    }
    assert_true(mixed[3] > 0 && mixed[4] > 0);
    lesson_destroy(lesson);
}

/* Three images are each shown twice more, warped anew; what the teachers say of that is noted, too. */
static void repeated_images_are_shown_anew(void **state)
{
    static const uint32_t showings[] = {IMAGES,     IMAGES + 1, IMAGES + 2,
                                        IMAGES + 3, IMAGES + 4, IMAGES + 5};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float answers[6 * DIGIT_CLASSES];
    settings->repeat = (struct repeat_settings){3, 2};
    open_teachers(fixture);
    assert_int_equal(
        teacher_notes_create(&settings->notes, fixture->folder, KEY, IMAGES + 6, &error), DIGIT_OK);
    struct lesson *lesson = open_lesson(fixture, 0);
    struct train_batch batch = fill(lesson, showings, 6);
    memcpy(answers, batch.teacher, sizeof answers);
    assert_memory_equal(batch.labels, batch.labels + 3, 3);
    assert_memory_not_equal(batch.pixels, batch.pixels + 3 * DIGIT_PIXELS,
                            3 * DIGIT_PIXELS * sizeof *batch.pixels);
    assert_memory_not_equal(answers, answers + 3 * DIGIT_CLASSES,
                            3 * DIGIT_CLASSES * sizeof *answers);
    assert_int_equal(lesson_close_epoch(lesson, &error), DIGIT_OK);
    assert_int_equal(lesson_open_epoch(lesson, 0, &error), DIGIT_OK);
    assert_true(teacher_notes_known(settings->notes));
    assert_memory_equal(fill(lesson, showings, 6).teacher, answers, sizeof answers);
    settings->augment = (struct augment_ranges){0};
    batch = fill(lesson, showings, 6);
    for (size_t i = 0; i < 6; i++)
        for (size_t p = 0; p < DIGIT_CLASSES; p++)
            assert_true(batch.pixels[i * DIGIT_PIXELS + p] == (p == batch.labels[i] ? 1.0f : 0.0f));
    lesson_destroy(lesson);
    teacher_notes_destroy(settings->notes);
    teachers_destroy(settings->teachers);
}

/* A restyled digit is mixed with what the plain one is. */
static void teachers_see_mixtures(void **state)
{
    static const uint32_t indices[] = {0, 7, 8};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float answers[3 * DIGIT_CLASSES];
    struct train_mixture mixtures[3];
    open_teachers(fixture);
    struct lesson *lesson = open_lesson(fixture, 0);
    memcpy(answers, fill(lesson, indices, 3).teacher, sizeof answers);
    settings->mix.probability = 1.0f;
    struct train_batch batch = fill(lesson, indices, 3);
    assert_memory_not_equal(batch.teacher, answers, sizeof answers);
    memcpy(answers, batch.teacher, sizeof answers);
    memcpy(mixtures, batch.mixtures, sizeof mixtures);
    settings->style = (struct style_ranges){1.0f, 1.0f};
    batch = fill(lesson, indices, 3);
    assert_memory_equal(batch.teacher, answers, sizeof answers);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(batch.mixtures[i].label, mixtures[i].label);
        assert_true(batch.mixtures[i].share == mixtures[i].share);
    }
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
        TEST(junk_replaces_its_share_and_changes_no_other_image),
        TEST(gentle_epochs_have_their_own_share_of_each),
        TEST(styles_are_for_ones_and_sevens),
        TEST(teachers_see_neither_junk_nor_styles),
        TEST(what_is_mixed_in_is_among_the_images_to_learn_from),
        TEST(repeated_images_are_shown_anew),
        TEST(teachers_see_mixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
