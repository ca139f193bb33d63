#include "trainer/eval/mnist_c/mnist_c.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"
#include "tests/trainer/fixtures.h"

#define COUNT 150 /* images to evaluate: two full blocks and a partial one */

static void draw_seven(uint8_t out[DIGIT_PIXELS])
{
    float seven[DIGIT_PIXELS];
    drawing_seven(seven);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (uint8_t)(255.0f * seven[i]);
}

static size_t kind_named(const char *name)
{
    size_t kind = 0;
    while (strcmp(corruptions[kind].name, name) != 0)
        kind++;
    return kind;
}

TEST(corruptions_have_different_names_and_change_the_image)
{
    uint8_t seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    draw_seven(seven);
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++) {
        assert_int_equal(kind_named(corruptions[kind].name), kind);
        corruption_apply(out, seven, kind, 0);
        assert_memory_not_equal(out, seven, sizeof out);
    }
}

TEST(the_same_index_gives_the_same_image)
{
    uint8_t seven[DIGIT_PIXELS], first[DIGIT_PIXELS], again[DIGIT_PIXELS];
    draw_seven(seven);
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++) {
        corruption_apply(first, seven, kind, 7);
        memcpy(again, seven, sizeof again);
        corruption_apply(again, again, kind, 7); /* in place, too */
        assert_memory_equal(first, again, sizeof first);
    }
}

/* Corruptions without random numbers, or with only two directions, are left out. */
TEST(another_index_gives_another_image)
{
    static const char *const NAMES[] = {"shot_noise", "impulse_noise", "glass_blur",  "motion_blur",
                                        "fog",        "spatter",       "dotted_line", "zigzag"};
    uint8_t seven[DIGIT_PIXELS], first[DIGIT_PIXELS], second[DIGIT_PIXELS];
    draw_seven(seven);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        corruption_apply(first, seven, kind_named(NAMES[i]), 1);
        corruption_apply(second, seven, kind_named(NAMES[i]), 2);
        assert_memory_not_equal(first, second, sizeof first);
    }
}

TEST(results_are_clamped_and_rounded_to_eight_bits)
{
    uint8_t image[DIGIT_PIXELS] = {0, 10, 200};
    uint8_t out[DIGIT_PIXELS];
    corruption_apply(out, image, kind_named("brightness"), 0);
    assert_int_equal(out[0], 128); /* 127.5, rounded to even */
    assert_int_equal(out[1], 138); /* 137.5 */
    assert_int_equal(out[2], 255);
}

static void evaluate(struct corruption_scores *out, const uint8_t *images, const uint8_t *labels,
                     bool preprocessed, size_t threads)
{
    const struct corruption_input input = {images, labels, COUNT, preprocessed};
    struct digit_model *model = pixel_model();
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, threads, NULL), DIGIT_OK);
    assert_int_equal(corruptions_evaluate(out, model, &input, pool, NULL), DIGIT_OK);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
}

/* The model predicts by the first ten pixels, of which only the one of the label is 255. */
TEST(figures_are_those_of_the_corrupted_images)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS), labels[COUNT];
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 10);
        pixel_image(images + i * DIGIT_PIXELS, i % 10);
    }
    struct corruption_scores scores, shared;
    evaluate(&scores, images, labels, false, 1);
    evaluate(&shared, images, labels, false, 3);
    assert_memory_equal(&scores, &shared, sizeof scores);
    assert_int_equal(scores.count, COUNT);
    assert_int_equal(scores.correct[kind_named("brightness")], COUNT);
    /* Columns 0 to 6 are inverted: many of the ten pixels become equal; 7, 8 and 9 do not
     * change. */
    assert_true(scores.correct[kind_named("stripe")] < COUNT / 2);
    /* There is no edge in the first row: with all ten pixels 0, every image is predicted as 0. */
    assert_int_equal(scores.correct[kind_named("canny_edges")], COUNT / 10);
    free(images);
}

/* Preprocessing keeps sheared digits, which are nearly MNIST-normalised. */
TEST(preprocessed_figures_do_not_depend_on_the_number_of_threads)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS), labels[COUNT];
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 10);
        draw_seven(images + i * DIGIT_PIXELS);
    }
    struct corruption_scores bare, preprocessed, shared;
    evaluate(&bare, images, labels, false, 2);
    evaluate(&preprocessed, images, labels, true, 1);
    evaluate(&shared, images, labels, true, 3);
    assert_memory_equal(&preprocessed, &shared, sizeof shared);
    assert_int_equal(preprocessed.count, COUNT);
    assert_int_equal(preprocessed.correct[kind_named("shear")], bare.correct[kind_named("shear")]);
    free(images);
}

/* The model predicts by a single bright pixel, which preprocessing changes in some of the images
 * with fog. */
TEST(images_are_preprocessed_after_corruption)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS), labels[COUNT];
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 10);
        pixel_image(images + i * DIGIT_PIXELS, i % 10);
    }
    struct corruption_scores bare, preprocessed;
    evaluate(&bare, images, labels, false, 2);
    evaluate(&preprocessed, images, labels, true, 2);
    assert_int_equal(bare.correct[kind_named("fog")], COUNT);
    assert_true(preprocessed.correct[kind_named("fog")] < COUNT);
    free(images);
}

TEST(mean_and_worst_follow_from_the_scores)
{
    struct corruption_scores scores = {.count = 10};
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++)
        scores.correct[kind] = 8;
    scores.correct[4] = 5;
    scores.correct[9] = 5;
    assert_float_equal(corruption_accuracy(&scores, 4), 0.5, 0);
    assert_float_equal(corruptions_mean_accuracy(&scores), (13.0 * 8 + 2.0 * 5) / 150.0, 1e-12);
    assert_int_equal(corruptions_worst(&scores), 4);
}

TEST_MAIN(cmocka_unit_test(corruptions_have_different_names_and_change_the_image),
          cmocka_unit_test(the_same_index_gives_the_same_image),
          cmocka_unit_test(another_index_gives_another_image),
          cmocka_unit_test(results_are_clamped_and_rounded_to_eight_bits),
          cmocka_unit_test(figures_are_those_of_the_corrupted_images),
          cmocka_unit_test(preprocessed_figures_do_not_depend_on_the_number_of_threads),
          cmocka_unit_test(images_are_preprocessed_after_corruption),
          cmocka_unit_test(mean_and_worst_follow_from_the_scores))
