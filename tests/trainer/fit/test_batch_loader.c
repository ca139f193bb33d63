#include "trainer/fit/batch_loader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/model.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/distill/teacher_file.h"
#include "tests/trainer/fixtures.h"

#define IMAGES 40
#define BATCH  16

static const char KEY[SHA256_HEX_BYTES] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const struct variant_settings flags_and_bars = {
    .flag_probability = 1.0f, .flag_length = 0.8f, .bar_probability = 1.0f};

static struct digit_error error;

struct fixture {
    char *folder;
    struct dataset data;
    uint32_t trained[IMAGES];
    struct thread_pool *pool;
    struct fit_settings settings;
    struct distillation distillation;
};

static int set_up(void **state)
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
    assert_int_equal(thread_pool_create(&fixture->pool, 3, &error), DIGIT_OK);
    fixture->settings = (struct fit_settings){.epochs = 10,
                                              .batch_size = BATCH,
                                              .final_epochs = 2,
                                              .final = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f},
                                              .neighbours = {.width_px = 5.0f},
                                              .warp = all_warps,
                                              .seed = 1,
                                              .augment_seed = 1,
                                              .teacher_share = 0.5f,
                                              .temperature = 2.0f};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    thread_pool_destroy(fixture->pool);
    dataset_release(&fixture->data);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct batch_loader *open_loader(struct fixture *fixture, size_t epoch)
{
    struct batch_loader *loader;
    assert_int_equal(batch_loader_create(&loader, &fixture->data, fixture->trained, IMAGES,
                                         &fixture->settings, &fixture->distillation, fixture->pool,
                                         &error),
                     DIGIT_OK);
    assert_int_equal(batch_loader_begin_epoch(loader, epoch, &error), DIGIT_OK);
    return loader;
}

static struct train_batch fill(struct batch_loader *loader, const uint32_t *indices, size_t count)
{
    struct train_batch batch;
    assert_int_equal(batch_loader_fill(loader, &batch, indices, count, &error), DIGIT_OK);
    return batch;
}

/* Image 7 in two batches and at two indices. */
TEST(a_sample_does_not_depend_on_its_batch)
{
    static const uint32_t first[] = {7, 1, 2}, second[] = {30, 31, 32, 33, 7};
    struct batch_loader *loader = open_loader(*state, 4);
    float pixels[DIGIT_PIXELS];
    struct train_batch batch = fill(loader, first, 3);
    assert_int_equal(batch.count, 3);
    assert_null(batch.teacher);
    assert_int_equal(batch.labels[0], 7);
    memcpy(pixels, batch.pixels, sizeof pixels);
    batch = fill(loader, second, 5);
    assert_int_equal(batch.labels[4], 7);
    assert_memory_equal(batch.pixels + 4 * DIGIT_PIXELS, pixels, sizeof pixels);
    batch_loader_destroy(loader);
    batch_loader_destroy(NULL);
}

TEST(samples_depend_on_epoch_and_augmentation_seed)
{
    static const uint32_t index = 7;
    struct fixture *fixture = *state;
    struct batch_loader *loader = open_loader(fixture, 4);
    float pixels[DIGIT_PIXELS];
    memcpy(pixels, fill(loader, &index, 1).pixels, sizeof pixels);
    assert_int_equal(batch_loader_begin_epoch(loader, 5, &error), DIGIT_OK);
    assert_memory_not_equal(fill(loader, &index, 1).pixels, pixels, sizeof pixels);
    assert_int_equal(batch_loader_begin_epoch(loader, 4, &error), DIGIT_OK);
    fixture->settings.seed = 99;
    assert_memory_equal(fill(loader, &index, 1).pixels, pixels, sizeof pixels);
    fixture->settings.augment_seed = 99;
    assert_memory_not_equal(fill(loader, &index, 1).pixels, pixels, sizeof pixels);
    batch_loader_destroy(loader);
}

/* Loads a teacher, which the test destroys. */
static void open_teachers(struct fixture *fixture)
{
    free(teacher_file_write(fixture->folder, "teacher.safetensors", 1));
    assert_int_equal(
        teachers_open_folder(&fixture->distillation.teachers, fixture->folder, 3, &error),
        DIGIT_OK);
}

/* Prepares all samples of an epoch in batches and copies the teachers' logits of each. */
static void run_epoch(struct batch_loader *loader, float logits[IMAGES][DIGIT_CLASSES])
{
    for (uint32_t first = 0; first < IMAGES; first += 10) {
        uint32_t indices[10];
        for (uint32_t i = 0; i < 10; i++)
            indices[i] = IMAGES - 1 - first - i;
        struct train_batch batch = fill(loader, indices, 10);
        for (size_t i = 0; i < 10; i++)
            memcpy(logits[indices[i]], batch.teacher + i * DIGIT_CLASSES, sizeof logits[0]);
    }
    assert_int_equal(batch_loader_end_epoch(loader, &error), DIGIT_OK);
}

TEST(a_cache_returns_the_same_logits_to_the_bit)
{
    struct fixture *fixture = *state;
    float computed[IMAGES][DIGIT_CLASSES], cached[IMAGES][DIGIT_CLASSES];
    open_teachers(fixture);
    assert_int_equal(
        teacher_cache_create(&fixture->distillation.cache, fixture->folder, KEY, IMAGES, &error),
        DIGIT_OK);
    struct batch_loader *loader = open_loader(fixture, 0);
    run_epoch(loader, computed);
    assert_int_equal(batch_loader_begin_epoch(loader, 0, &error), DIGIT_OK);
    assert_true(teacher_cache_is_filled(fixture->distillation.cache));
    run_epoch(loader, cached);
    assert_memory_equal(computed, cached, sizeof computed);
    assert_memory_not_equal(computed[0], computed[1], sizeof computed[0]);
    batch_loader_destroy(loader);
    teacher_cache_destroy(fixture->distillation.cache);
    teachers_destroy(fixture->distillation.teachers);
}

/* Distortion changes the pixels, but not the teachers' logits. */
TEST(teachers_see_samples_before_distortion)
{
    static const uint32_t indices[] = {7, 8, 9};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float pixels[3 * DIGIT_PIXELS], logits[3 * DIGIT_CLASSES];
    open_teachers(fixture);
    struct batch_loader *loader = open_loader(fixture, 0);
    struct train_batch batch = fill(loader, indices, 3);
    memcpy(pixels, batch.pixels, sizeof pixels);
    memcpy(logits, batch.teacher, sizeof logits);
    settings->distort.probability = 1.0f;
    settings->distort.contrast_probability = 1.0f;
    settings->distort.contrast_least = 0.1f;
    batch = fill(loader, indices, 3);
    assert_memory_not_equal(batch.pixels, pixels, sizeof pixels);
    assert_memory_equal(batch.teacher, logits, sizeof logits);
    batch_loader_destroy(loader);
    teachers_destroy(fixture->distillation.teachers);
}

/* Copies the augmented samples of all images and their labels. */
static void fill_all(struct fixture *fixture, size_t epoch, float pixels[IMAGES * DIGIT_PIXELS],
                     uint8_t labels[IMAGES])
{
    uint32_t indices[IMAGES];
    for (uint32_t i = 0; i < IMAGES; i++)
        indices[i] = i;
    fixture->settings.batch_size = IMAGES;
    struct batch_loader *loader = open_loader(fixture, epoch);
    struct train_batch batch = fill(loader, indices, IMAGES);
    memcpy(pixels, batch.pixels, IMAGES * DIGIT_PIXELS * sizeof *pixels);
    memcpy(labels, batch.labels, IMAGES);
    batch_loader_destroy(loader);
}

TEST(outliers_replace_samples_with_their_probability_and_change_no_others)
{
    struct fixture *fixture = *state;
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    size_t replaced[2] = {0, 0}, epochs[2] = {4, 9}; /* the second is final */
    fixture->settings.distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
    for (size_t k = 0; k < 2; k++) {
        fixture->settings.outliers.probability = 0.0f;
        fill_all(fixture, epochs[k], plain, labels);
        fixture->settings.outliers.probability = 0.5f;
        fill_all(fixture, epochs[k], pixels, labels);
        for (size_t i = 0; i < IMAGES; i++) {
            bool same = memcmp(plain + i * DIGIT_PIXELS, pixels + i * DIGIT_PIXELS,
                               DIGIT_PIXELS * sizeof *pixels) == 0;
            assert_int_equal(labels[i], same ? i % DIGIT_CLASSES : TRAIN_NO_CLASS);
            replaced[k] += !same;
        }
    }
    /* Expected are 20 with a standard deviation of 3.2, and 10 with 2.7. */
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

/* Compares no augmentation with one of the five kinds at its highest probability, in an epoch that
 * is not final and in one that is. */
TEST(final_epochs_have_a_multiplier_of_each_kind)
{
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    const struct final_multipliers multipliers[] = {{.distort = 1.0f},
                                                    {.variants = 1.0f},
                                                    {.outliers = 1.0f},
                                                    {.mixup = 1.0f},
                                                    {.neighbours = 1.0f}};
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    make_upright_strokes(fixture);
    for (size_t kind = 0; kind < 5; kind++) {
        for (size_t other = 0; other < 5; other++) {
            settings->final = multipliers[other];
            for (size_t epoch = 7; epoch < 9; epoch++) { /* the second is final */
                settings->distort.probability = 0.0f;
                settings->variants = (struct variant_settings){.flag_length = 0.8f};
                settings->outliers.probability = 0.0f;
                settings->mixup.probability = 0.0f;
                settings->neighbours.probability = 0.0f;
                fill_all(fixture, epoch, plain, labels);
                settings->distort = (struct distort_ranges){.probability = kind == 0 ? 1.0f : 0.0f,
                                                            .noise_probability = 1.0f,
                                                            .noise_deviation = 0.1f};
                settings->variants.flag_probability = kind == 1 ? 1.0f : 0.0f;
                settings->outliers.probability = kind == 2 ? 0.5f : 0.0f;
                settings->mixup.probability = kind == 3 ? 1.0f : 0.0f;
                settings->neighbours.probability = kind == 4 ? 1.0f : 0.0f;
                fill_all(fixture, epoch, pixels, labels);
                assert_int_equal(count_changed(plain, pixels) > 0, epoch == 7 || kind == other);
            }
        }
    }
}

/* All images are one upright stroke: those labelled 1 get a flag, those labelled 7 a bar. */
TEST(variants_are_for_ones_and_sevens)
{
    struct fixture *fixture = *state;
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    make_upright_strokes(fixture);
    fill_all(fixture, 4, plain, labels);
    fixture->settings.variants = flags_and_bars;
    fill_all(fixture, 4, pixels, labels);
    for (size_t i = 0; i < IMAGES; i++) {
        bool same = memcmp(plain + i * DIGIT_PIXELS, pixels + i * DIGIT_PIXELS,
                           DIGIT_PIXELS * sizeof *pixels) == 0;
        assert_int_equal(labels[i], i % DIGIT_CLASSES);
        assert_int_equal(same, labels[i] != 1 && labels[i] != 7);
    }
}

/* The teachers' logits are those of the digits before they are replaced. */
TEST(teachers_see_neither_outliers_nor_variants_nor_neighbours)
{
    static const uint32_t indices[] = {1, 7, 8};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float logits[3 * DIGIT_CLASSES];
    open_teachers(fixture);
    struct batch_loader *loader = open_loader(fixture, 0);
    memcpy(logits, fill(loader, indices, 3).teacher, sizeof logits);
    settings->variants = flags_and_bars;
    settings->outliers.probability = 1.0f;
    settings->neighbours.probability = 1.0f;
    struct train_batch batch = fill(loader, indices, 3);
    assert_int_equal(batch.labels[0], TRAIN_NO_CLASS);
    assert_memory_equal(batch.teacher, logits, sizeof logits);
    batch_loader_destroy(loader);
    teachers_destroy(fixture->distillation.teachers);
}

/* The strokes lie in columns 13 to 15 before they are warped: what is lit in the outer columns
 * belongs to neighbours. Outliers have none. */
TEST(neighbours_stand_at_the_borders_of_digits)
{
    struct fixture *fixture = *state;
    static float plain[IMAGES * DIGIT_PIXELS], pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    size_t left = 0, right = 0;
    fixture->settings.warp = (struct warp_ranges){0};
    make_upright_strokes(fixture);
    fill_all(fixture, 4, plain, labels);
    fixture->settings.neighbours.probability = 0.5f;
    fill_all(fixture, 4, pixels, labels);
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX;
        assert_true(x < 5 || x >= DIGIT_SIDE_PX - 5 || pixels[i] == plain[i]);
    }
    for (size_t i = 0; i < IMAGES; i++) {
        const float *row = pixels + i * DIGIT_PIXELS + 14 * DIGIT_SIDE_PX;
        bool at_left = false, at_right = false;
        for (size_t x = 0; x < 5; x++) {
            at_left = at_left || row[x] > 0.0f;
            at_right = at_right || row[DIGIT_SIDE_PX - 1 - x] > 0.0f;
        }
        left += at_left;
        right += at_right;
        assert_int_equal(labels[i], i % DIGIT_CLASSES);
    }
    assert_in_range(left, 8, 32); /* expected are 20 with a standard deviation of 3.2 */
    assert_in_range(right, 8, 32);
    fixture->settings.outliers.probability = 1.0f;
    fill_all(fixture, 4, pixels, labels);
    fixture->settings.neighbours.probability = 0.0f;
    fill_all(fixture, 4, plain, labels);
    assert_memory_equal(plain, pixels, sizeof plain);
}

/* Epoch 5 repeats the warps of epoch 1, so that a cache of epoch 1 serves both, but not its
 * distortions and variants. */
TEST(epochs_repeat_warps_and_predictions)
{
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    static float first[IMAGES * DIGIT_PIXELS], again[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    settings->mixup.probability = 0.5f;
    fill_all(fixture, 1, first, labels);
    fill_all(fixture, 5, again, labels);
    assert_memory_not_equal(first, again, sizeof first);
    settings->augment_epochs = 4;
    fill_all(fixture, 5, again, labels);
    assert_memory_equal(first, again, sizeof first);
    settings->distort = (struct distort_ranges){
        .probability = 1.0f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
    fill_all(fixture, 1, first, labels);
    fill_all(fixture, 5, again, labels);
    assert_int_equal(count_changed(first, again), IMAGES);
    settings->augment_epochs = 0;
    fill_all(fixture, 1, again, labels);
    assert_memory_equal(first, again, sizeof first);
}

TEST(a_repeated_epoch_uses_the_cache_of_the_first)
{
    struct fixture *fixture = *state;
    float computed[IMAGES][DIGIT_CLASSES], cached[IMAGES][DIGIT_CLASSES];
    open_teachers(fixture);
    fixture->settings.augment_epochs = 4;
    assert_int_equal(
        teacher_cache_create(&fixture->distillation.cache, fixture->folder, KEY, IMAGES, &error),
        DIGIT_OK);
    struct batch_loader *loader = open_loader(fixture, 1);
    run_epoch(loader, computed);
    assert_int_equal(batch_loader_begin_epoch(loader, 5, &error), DIGIT_OK);
    assert_true(teacher_cache_is_filled(fixture->distillation.cache));
    run_epoch(loader, cached);
    assert_memory_equal(computed, cached, sizeof computed);
    assert_int_equal(batch_loader_begin_epoch(loader, 9, &error), DIGIT_OK); /* a final one */
    assert_false(teacher_cache_is_filled(fixture->distillation.cache));
    batch_loader_destroy(loader);
    teacher_cache_destroy(fixture->distillation.cache);
    teachers_destroy(fixture->distillation.teachers);
}

/* Only images 3 and 4 are training images. Without warps, a mixup consists of one of them and the
 * image itself. */
TEST(mixup_blends_in_training_images_only)
{
    static const uint32_t trained[] = {3, 4}, indices[] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct fixture *fixture = *state;
    const uint8_t *images = fixture->data.images;
    size_t mixed[DIGIT_CLASSES] = {0};
    struct batch_loader *loader;
    fixture->settings.warp = (struct warp_ranges){0};
    fixture->settings.mixup.probability = 1.0f;
    assert_int_equal(batch_loader_create(&loader, &fixture->data, trained, 2, &fixture->settings,
                                         &fixture->distillation, fixture->pool, &error),
                     DIGIT_OK);
    assert_int_equal(batch_loader_begin_epoch(loader, 0, &error), DIGIT_OK);
    struct train_batch batch = fill(loader, indices, 8);
    for (size_t i = 0; i < 8; i++) {
        const struct train_mixup *mixup = &batch.mixups[i];
        assert_in_range(mixup->label, 3, 4);
        mixed[mixup->label]++;
        for (size_t p = 0; p < DIGIT_PIXELS; p++) {
            float own = (float)images[i * DIGIT_PIXELS + p] / 255.0f;
            float other = (float)images[mixup->label * DIGIT_PIXELS + p] / 255.0f;
            float expected = (1.0f - mixup->share) * own + mixup->share * other;
            assert_float_equal(batch.pixels[i * DIGIT_PIXELS + p], expected, 1e-6f);
        }
        assert_int_equal(batch.labels[i], i);
    }
    assert_true(mixed[3] > 0 && mixed[4] > 0);
    batch_loader_destroy(loader);
}

/* Three images have two more samples each, with warps of their own, whose logits are cached,
 * too. */
TEST(hard_examples_have_an_augmentation_for_each_sample)
{
    static const uint32_t samples[] = {IMAGES,     IMAGES + 1, IMAGES + 2,
                                       IMAGES + 3, IMAGES + 4, IMAGES + 5};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float logits[6 * DIGIT_CLASSES];
    settings->hard_examples = (struct hard_example_settings){3, 2};
    open_teachers(fixture);
    assert_int_equal(teacher_cache_create(&fixture->distillation.cache, fixture->folder, KEY,
                                          IMAGES + 6, &error),
                     DIGIT_OK);
    struct batch_loader *loader = open_loader(fixture, 0);
    struct train_batch batch = fill(loader, samples, 6);
    memcpy(logits, batch.teacher, sizeof logits);
    assert_memory_equal(batch.labels, batch.labels + 3, 3);
    assert_memory_not_equal(batch.pixels, batch.pixels + 3 * DIGIT_PIXELS,
                            3 * DIGIT_PIXELS * sizeof *batch.pixels);
    assert_memory_not_equal(logits, logits + 3 * DIGIT_CLASSES, 3 * DIGIT_CLASSES * sizeof *logits);
    assert_int_equal(batch_loader_end_epoch(loader, &error), DIGIT_OK);
    assert_int_equal(batch_loader_begin_epoch(loader, 0, &error), DIGIT_OK);
    assert_true(teacher_cache_is_filled(fixture->distillation.cache));
    assert_memory_equal(fill(loader, samples, 6).teacher, logits, sizeof logits);
    settings->warp = (struct warp_ranges){0};
    batch = fill(loader, samples, 6);
    for (size_t i = 0; i < 6; i++)
        for (size_t p = 0; p < DIGIT_CLASSES; p++)
            assert_true(batch.pixels[i * DIGIT_PIXELS + p] == (p == batch.labels[i] ? 1.0f : 0.0f));
    batch_loader_destroy(loader);
    teacher_cache_destroy(fixture->distillation.cache);
    teachers_destroy(fixture->distillation.teachers);
}

/* A variant has the same mixup as the original digit. */
TEST(teachers_see_samples_after_mixup)
{
    static const uint32_t indices[] = {0, 7, 8};
    struct fixture *fixture = *state;
    struct fit_settings *settings = &fixture->settings;
    float logits[3 * DIGIT_CLASSES];
    struct train_mixup mixups[3];
    open_teachers(fixture);
    struct batch_loader *loader = open_loader(fixture, 0);
    memcpy(logits, fill(loader, indices, 3).teacher, sizeof logits);
    settings->mixup.probability = 1.0f;
    struct train_batch batch = fill(loader, indices, 3);
    assert_memory_not_equal(batch.teacher, logits, sizeof logits);
    memcpy(logits, batch.teacher, sizeof logits);
    memcpy(mixups, batch.mixups, sizeof mixups);
    settings->variants = flags_and_bars;
    batch = fill(loader, indices, 3);
    assert_memory_equal(batch.teacher, logits, sizeof logits);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(batch.mixups[i].label, mixups[i].label);
        assert_true(batch.mixups[i].share == mixups[i].share);
    }
    batch_loader_destroy(loader);
    teachers_destroy(fixture->distillation.teachers);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(WITH_FIXTURE(a_sample_does_not_depend_on_its_batch),
          WITH_FIXTURE(samples_depend_on_epoch_and_augmentation_seed),
          WITH_FIXTURE(a_cache_returns_the_same_logits_to_the_bit),
          WITH_FIXTURE(teachers_see_samples_before_distortion),
          WITH_FIXTURE(outliers_replace_samples_with_their_probability_and_change_no_others),
          WITH_FIXTURE(final_epochs_have_a_multiplier_of_each_kind),
          WITH_FIXTURE(variants_are_for_ones_and_sevens),
          WITH_FIXTURE(teachers_see_neither_outliers_nor_variants_nor_neighbours),
          WITH_FIXTURE(neighbours_stand_at_the_borders_of_digits),
          WITH_FIXTURE(epochs_repeat_warps_and_predictions),
          WITH_FIXTURE(a_repeated_epoch_uses_the_cache_of_the_first),
          WITH_FIXTURE(mixup_blends_in_training_images_only),
          WITH_FIXTURE(hard_examples_have_an_augmentation_for_each_sample),
          WITH_FIXTURE(teachers_see_samples_after_mixup))
