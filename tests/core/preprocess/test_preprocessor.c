#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/preprocessor.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

/* All steps of a dark on light picture. */
#define ALL_STEPS                                                                                  \
    (DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS |        \
     DIGIT_STEP_STROKE)

/* Random pictures; under a sanitizer, too, that takes some seconds. */
#define RANDOM_PICTURES 400

static struct digit_preprocessor *preprocessor;

/* What preprocessing made of a picture. */
struct result {
    uint8_t pixels[DIGIT_PIXELS];
    struct digit_receipt receipt;
};

static struct result preprocess(const struct canvas *canvas)
{
    struct result result;
    struct digit_image image = canvas_image(canvas);
    memset(&result, 77, sizeof result);
    digit_preprocess(preprocessor, result.pixels, &result.receipt, &image);
    return result;
}

static struct result preprocess_and_free(struct canvas *canvas)
{
    struct result result = preprocess(canvas);
    canvas_free(canvas);
    return result;
}

/* Performs these steps on a picture that is not blank under them, and frees it. */
static struct result perform(struct canvas *canvas, unsigned steps)
{
    struct result result;
    struct digit_image image = canvas_image(canvas);
    preprocessor_begin(preprocessor, &image, NULL);
    assert_true(preprocessor_extract(preprocessor, steps));
    assert_true(preprocessor_group(preprocessor, steps));
    preprocessor_crop(preprocessor, preprocessor->groups.main);
    preprocessor_finish(preprocessor, result.pixels, &result.receipt, steps);
    assert_int_equal(result.receipt.steps, steps);
    canvas_free(canvas);
    return result;
}

static bool warns(const struct result *result, enum digit_warning warning)
{
    return (result->receipt.warnings & warning) != 0;
}

static double mean_difference(const struct result *a, const struct result *b)
{
    double sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += abs(a->pixels[i] - b->pixels[i]);
    return sum / DIGIT_PIXELS;
}

static void assert_same(const struct result *a, const struct result *b)
{
    assert_memory_equal(a->pixels, b->pixels, DIGIT_PIXELS);
    assert_memory_equal(&a->receipt.crop, &b->receipt.crop, sizeof a->receipt.crop);
    assert_int_equal(a->receipt.inverted, b->receipt.inverted);
    assert_int_equal(a->receipt.untouched, b->receipt.untouched);
    assert_int_equal(a->receipt.stroke_changed, b->receipt.stroke_changed);
    assert_int_equal(a->receipt.warnings, b->receipt.warnings);
    assert_float_equal(a->receipt.stroke_px, b->receipt.stroke_px, 0);
}

static void assert_blank(const struct result *result)
{
    static const uint8_t blank[DIGIT_PIXELS];
    assert_memory_equal(result->pixels, blank, DIGIT_PIXELS);
    assert_true(warns(result, DIGIT_WARNING_BLANK));
    assert_false(result->receipt.untouched);
    assert_int_equal(result->receipt.crop.width_px, 0);
    assert_int_equal(result->receipt.crop.height_px, 0);
    assert_float_equal(result->receipt.stroke_px, 0, 0);
}

static void assert_crop(const struct result *result, size_t left, size_t top, size_t right,
                        size_t bottom, size_t slack_px)
{
    const struct digit_box *crop = &result->receipt.crop;
    assert_in_range(crop->left_px + slack_px, left, left + 2 * slack_px);
    assert_in_range(crop->top_px + slack_px, top, top + 2 * slack_px);
    assert_in_range(crop->left_px + crop->width_px + slack_px, right, right + 2 * slack_px);
    assert_in_range(crop->top_px + crop->height_px + slack_px, bottom, bottom + 2 * slack_px);
}

/* 200x200, dark on light, a seven of 120 px with strokes of 16: MNIST's thickness. */
static struct canvas draw_seven(uint8_t background, uint8_t foreground)
{
    struct canvas canvas = canvas_make(200, 200, background);
    canvas_seven(&canvas, 60, 40, 120, 16, foreground);
    return canvas;
}

/* The seven without anything around. */
static struct result clean_seven(void)
{
    struct canvas canvas = draw_seven(230, 30);
    struct result result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.warnings, 0);
    return result;
}

/* `result` is the seven, up to `levels` in the mean over all pixels. */
static void assert_seven(const struct result *result, double levels)
{
    struct result clean = clean_seven();
    double difference = mean_difference(result, &clean);
    if (difference > levels)
        fail_msg("mean difference %.2f, at most %.2f is expected", difference, levels);
}

TEST(a_clean_digit_has_a_receipt)
{
    struct result result = clean_seven();
    assert_true(result.receipt.inverted);
    assert_false(result.receipt.untouched);
    /* From 60 and 40 to 140 and 160, and half of a stroke around. */
    assert_crop(&result, 52, 32, 148, 168, 1);
    assert_true(result.receipt.stroke_px > 1.8F && result.receipt.stroke_px < 2.6F);
    int peak = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        peak = result.pixels[i] > peak ? result.pixels[i] : peak;
    assert_int_equal(peak, 255);
}

TEST(light_on_dark_gives_the_same_digit)
{
    struct canvas canvas = draw_seven(230, 30);
    struct result dark = preprocess(&canvas);
    canvas_invert(&canvas);
    struct result light = preprocess_and_free(&canvas);
    assert_true(dark.receipt.inverted);
    assert_false(light.receipt.inverted);
    light.receipt.inverted = true;
    assert_same(&light, &dark);
}

TEST(a_solid_picture_of_any_size_is_blank)
{
    static const size_t sides[][2] = {{1, 1},   {1, 9},     {9, 1},     {27, 27}, {28, 28},
                                      {512, 1}, {512, 512}, {513, 513}, {1, 4096}};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        for (unsigned level = 0; level <= 255; level += 51) {
            struct canvas canvas = canvas_make(sides[i][0], sides[i][1], (uint8_t)level);
            struct result result = preprocess_and_free(&canvas);
            assert_blank(&result);
        }
}

TEST(less_contrast_than_a_foreground_has_is_blank)
{
    for (size_t side = 28; side <= 60; side += 16) {
        struct canvas canvas = canvas_make(side, side, 200);
        canvas_box(&canvas, 10, 10, 8, 15, 185);
        struct result result = preprocess(&canvas);
        assert_blank(&result);
        canvas_box(&canvas, 10, 10, 8, 15, 184);
        result = preprocess_and_free(&canvas);
        assert_false(warns(&result, DIGIT_WARNING_BLANK));
    }
}

TEST(a_speck_alone_is_blank)
{
    struct canvas canvas = canvas_make(320, 320, 255);
    canvas_box(&canvas, 100, 100, 3, 3, 0);
    struct result result = preprocess(&canvas);
    assert_blank(&result);
    canvas_box(&canvas, 100, 100, 4, 4, 0); /* an 80th */
    result = preprocess_and_free(&canvas);
    assert_false(warns(&result, DIGIT_WARNING_BLANK));
}

/* A foreground of 20x20 px whose centre of mass is at 14, as MNIST's. */
static struct canvas draw_exact(void)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_frame(&canvas, 4, 4, 20, 20, 3, 255);
    canvas_box(&canvas, 8, 8, 12, 12, 1);
    return canvas;
}

TEST(a_mnist_normalised_picture_keeps_its_pixels)
{
    struct canvas canvas = draw_exact();
    struct result light = preprocess(&canvas);
    assert_memory_equal(light.pixels, canvas.luma, DIGIT_PIXELS);
    assert_true(light.receipt.untouched);
    assert_int_equal(light.receipt.warnings, 0);
    assert_crop(&light, 0, 0, 28, 28, 0);
    assert_float_equal(light.receipt.stroke_px, 0, 0);
    canvas_invert(&canvas);
    struct result dark = preprocess_and_free(&canvas);
    assert_true(dark.receipt.inverted);
    light.receipt.inverted = true;
    assert_same(&light, &dark);
}

TEST(a_light_on_dark_one_that_is_nearly_normalised_does_too)
{
    struct canvas canvas = canvas_make(28, 28, 6);
    canvas_box(&canvas, 12, 4, 4, 18, 200);
    struct result result = preprocess(&canvas);
    assert_true(result.receipt.untouched);
    assert_memory_equal(result.pixels, canvas.luma, DIGIT_PIXELS);
    canvas_invert(&canvas);
    result = preprocess_and_free(&canvas);
    assert_false(result.receipt.untouched);
    assert_true(result.receipt.inverted);
}

TEST(a_small_digit_in_28x28_is_normalised)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_seven(&canvas, 3, 3, 9, 1.5, 255);
    struct result result = preprocess_and_free(&canvas);
    assert_false(result.receipt.untouched);
    size_t rows = 0;
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++) {
        int foreground = 0;
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
            foreground |= result.pixels[y * DIGIT_SIDE_PX + x];
        rows += foreground != 0;
    }
    assert_int_equal(rows, 20);
}

TEST(one_of_28x28_with_more_than_one_clean_digit_is_kept)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_box(&canvas, 3, 3, 3, 12, 255);
    canvas_set(&canvas, 20, 22, 255);
    struct result result = preprocess(&canvas);
    assert_true(result.receipt.untouched);
    assert_memory_equal(result.pixels, canvas.luma, DIGIT_PIXELS);
    assert_int_equal(result.receipt.warnings, 0); /* nothing was dropped */
    canvas_free(&canvas);
}

TEST(a_gradient_and_noise_are_taken_out)
{
    struct canvas canvas = draw_seven(230, 30);
    canvas_darken(&canvas, 120);
    canvas_noise(&canvas, 8, 1);
    struct result result = preprocess_and_free(&canvas);
    assert_true(result.receipt.inverted);
    assert_false(warns(&result, DIGIT_WARNING_SEVERAL_COMPONENTS));
    assert_seven(&result, 4);
}

/* Over a corner, half as light, with a soft edge through the digit. */
TEST(a_shadow_is_taken_out)
{
    struct canvas canvas = draw_seven(230, 20);
    for (size_t y = 0; y < 200; y++)
        for (size_t x = 0; x < 200; x++) {
            size_t share = x + y < 100 ? 50 : x + y > 200 ? 100 : 50 + (x + y - 100) / 2;
            canvas_set(&canvas, x, y, (uint8_t)(canvas_at(&canvas, x, y) * share / 100));
        }
    struct result result = preprocess_and_free(&canvas);
    assert_true(result.receipt.inverted);
    assert_seven(&result, 6);
}

TEST(ruled_lines_are_taken_out_also_through_the_digit)
{
    struct canvas canvas = draw_seven(230, 30);
    for (size_t y = 15; y < 200; y += 35)
        canvas_box(&canvas, 0, y, 200, 2, 30);
    struct result result = preprocess_and_free(&canvas);
    assert_true(warns(&result, DIGIT_WARNING_INK_DROPPED));
    assert_crop(&result, 52, 32, 148, 168, 3);
    assert_seven(&result, 4);
}

TEST(a_frame_and_a_printed_box_are_left_out)
{
    for (size_t inset = 0; inset <= 24; inset += 24) {
        struct canvas canvas = draw_seven(230, 30);
        canvas_frame(&canvas, inset, inset, 200 - 2 * inset, 200 - 2 * inset, 4, 30);
        struct result result = preprocess_and_free(&canvas);
        assert_true(warns(&result, DIGIT_WARNING_INK_DROPPED));
        assert_false(warns(&result, DIGIT_WARNING_TOUCHES_EDGE));
        assert_seven(&result, 0.5);
    }
}

TEST(specks_are_left_out)
{
    struct canvas canvas = draw_seven(230, 30);
    for (size_t i = 0; i < 10; i++)
        canvas_box(&canvas, 10 + 17 * i, i % 2 == 0 ? 10 : 185, 5, 5, 30);
    struct result result = preprocess_and_free(&canvas);
    assert_true(warns(&result, DIGIT_WARNING_INK_DROPPED));
    assert_false(warns(&result, DIGIT_WARNING_SEVERAL_COMPONENTS));
    assert_seven(&result, 0.5);
}

TEST(a_detached_stroke_is_kept)
{
    struct canvas canvas = canvas_make(200, 200, 230);
    canvas_box(&canvas, 70, 60, 14, 100, 30);
    canvas_box(&canvas, 70, 35, 60, 14, 30); /* 11 px above */
    struct result result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.warnings, 0);
    assert_crop(&result, 70, 35, 130, 160, 0);
}

/* Three digits, the middle one with the most foreground, from x = 20, 110 and 200. */
static struct canvas draw_three(void)
{
    struct canvas canvas = canvas_make(300, 120, 230);
    canvas_box(&canvas, 20, 30, 10, 60, 30);
    canvas_seven(&canvas, 120, 30, 60, 10, 30);
    canvas_box(&canvas, 240, 28, 10, 60, 30);
    return canvas;
}

TEST(of_several_digits_the_one_with_the_most_foreground_is_taken)
{
    struct canvas canvas = draw_three();
    struct result result = preprocess_and_free(&canvas);
    assert_true(warns(&result, DIGIT_WARNING_SEVERAL_COMPONENTS));
    assert_crop(&result, 115, 25, 165, 95, 1);
}

/* Each digit of the plane can be cropped, and the crop of one is the same whichever was cropped before. */
TEST(every_digit_can_be_cropped)
{
    struct canvas canvas = draw_three();
    struct digit_image image = canvas_image(&canvas);
    struct result results[3];
    struct result main = preprocess(&canvas);
    preprocessor_begin(preprocessor, &image, NULL);
    assert_true(preprocessor_extract(preprocessor, ALL_STEPS));
    assert_true(preprocessor_group(preprocessor, ALL_STEPS));
    assert_int_equal(preprocessor->groups.count, 3);
    assert_int_equal(preprocessor->groups.main, 1);
    for (size_t i = 0; i < 3; i++) {
        preprocessor_crop(preprocessor, i);
        preprocessor_finish(preprocessor, results[i].pixels, &results[i].receipt, ALL_STEPS);
        assert_int_equal(results[i].receipt.warnings, DIGIT_WARNING_SEVERAL_COMPONENTS);
    }
    assert_int_equal(results[0].receipt.crop.left_px, 20);
    assert_int_equal(results[0].receipt.crop.width_px, 10);
    assert_int_equal(results[2].receipt.crop.left_px, 240);
    assert_same(&results[1], &main);
    assert_memory_equal(results[0].pixels, results[2].pixels, DIGIT_PIXELS); /* bars of one size */
    canvas_free(&canvas);
}

TEST(a_digit_at_the_edge_is_warned_of)
{
    struct canvas canvas = canvas_make(200, 200, 230);
    canvas_seven(&canvas, 60, 88, 120, 16, 30);
    struct result result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.warnings, DIGIT_WARNING_TOUCHES_EDGE);
    assert_int_equal(result.receipt.crop.top_px + result.receipt.crop.height_px, 200);
}

TEST(low_contrast_is_warned_of_and_read)
{
    struct canvas canvas = draw_seven(230, 182);
    struct result result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.warnings, 0); /* 48 levels */
    assert_seven(&result, 0.5);
    canvas = draw_seven(230, 183);
    result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.warnings, DIGIT_WARNING_LOW_CONTRAST);
    assert_seven(&result, 0.5);
}

static double mass_of(const struct result *result)
{
    double sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += result->pixels[i];
    return sum;
}

TEST(thin_and_thick_strokes_become_as_mnists)
{
    for (int thick_px = 3; thick_px <= 45; thick_px += 3) {
        struct canvas canvas = canvas_make(200, 200, 230);
        canvas_seven(&canvas, 60, 40, 120, thick_px, 30);
        struct result changed = preprocess(&canvas);
        struct result as_is = perform(&canvas, ALL_STEPS & ~(unsigned)DIGIT_STEP_STROKE);
        float stroke_px = changed.receipt.stroke_px;
        assert_int_equal(changed.receipt.stroke_changed, stroke_px < 2.8F || stroke_px > 2.84F);
        assert_false(as_is.receipt.stroke_changed);
        assert_float_equal(as_is.receipt.stroke_px, stroke_px, 0);
        if (stroke_px < 2.5F)
            assert_true(mass_of(&changed) > 1.05 * mass_of(&as_is));
        else if (stroke_px > 3.1F)
            assert_true(mass_of(&changed) < 0.95 * mass_of(&as_is));
    }
}

TEST(a_nearly_solid_foreground_is_not_lost)
{
    struct canvas canvas = canvas_make(200, 200, 230);
    canvas_box(&canvas, 40, 20, 120, 160, 30);
    struct result result = preprocess_and_free(&canvas);
    assert_true(result.receipt.stroke_changed);
    assert_int_equal(result.pixels[14 * DIGIT_SIDE_PX + 14], 255);
}

TEST(without_its_step_uneven_light_stays)
{
    struct canvas canvas = draw_seven(230, 30);
    canvas_darken(&canvas, 150);
    struct result with = preprocess(&canvas);
    struct result without = perform(&canvas, ALL_STEPS & ~(unsigned)DIGIT_STEP_BACKGROUND);
    assert_seven(&with, 4);
    assert_true(mean_difference(&with, &without) > 20);
}

TEST(without_its_step_lines_stay)
{
    struct canvas canvas = draw_seven(230, 30);
    canvas_box(&canvas, 0, 100, 200, 3, 30);
    struct result result = perform(&canvas, ALL_STEPS & ~(unsigned)DIGIT_STEP_LINES);
    assert_int_equal(result.receipt.crop.left_px, 0);
    assert_int_equal(result.receipt.crop.width_px, 200);
}

TEST(without_its_step_all_pieces_are_the_digits)
{
    struct canvas canvas = draw_three();
    struct result result = perform(&canvas, ALL_STEPS & ~(unsigned)DIGIT_STEP_COMPONENTS);
    assert_int_equal(result.receipt.warnings, 0);
    assert_crop(&result, 20, 25, 250, 95, 1);
}

TEST(a_large_picture_is_reduced_and_its_crop_is_in_its_own_pixels)
{
    static const double sides[] = {512, 513, 1024, 4096};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        size_t side = (size_t)sides[i];
        struct canvas canvas = canvas_make(side, side, 230);
        canvas_seven(&canvas, 0.3 * sides[i], 0.2 * sides[i], 0.6 * sides[i], 0.08 * sides[i], 30);
        struct result result = preprocess_and_free(&canvas);
        assert_int_equal(result.receipt.warnings, 0);
        assert_crop(&result, (size_t)(0.26 * sides[i]), (size_t)(0.16 * sides[i]),
                    (size_t)(0.74 * sides[i]), (size_t)(0.84 * sides[i]), 1 + side / 512);
        assert_seven(&result, 3);
    }
}

TEST(a_crop_ends_with_the_picture)
{
    struct canvas canvas = canvas_make(1023, 701, 230); /* blocks of 2x2, the last ones half */
    canvas_box(&canvas, 900, 300, 123, 401, 30);
    canvas_box(&canvas, 900, 300, 83, 341, 230);
    struct result result = preprocess_and_free(&canvas);
    assert_int_equal(result.receipt.crop.left_px + result.receipt.crop.width_px, 1023);
    assert_int_equal(result.receipt.crop.top_px + result.receipt.crop.height_px, 701);
}

static void assert_within_picture(const struct result *result, const struct canvas *canvas)
{
    const struct digit_box *crop = &result->receipt.crop;
    assert_true(crop->left_px + crop->width_px <= canvas->width_px);
    assert_true(crop->top_px + crop->height_px <= canvas->height_px);
    assert_int_equal(crop->width_px == 0, warns(result, DIGIT_WARNING_BLANK));
    assert_int_equal(mass_of(result) == 0, warns(result, DIGIT_WARNING_BLANK));
}

/* Pictures of all kinds, each of them again with another one before it. */
TEST(a_picture_gives_the_same_whatever_came_before)
{
    uint64_t seed = 5;
    for (int i = 0; i < RANDOM_PICTURES; i++) {
        struct canvas canvas = canvas_random(&seed), other = canvas_random(&seed);
        struct result first = preprocess(&canvas);
        preprocess(&other);
        struct result second = preprocess(&canvas);
        assert_same(&first, &second);
        assert_within_picture(&first, &canvas);
        canvas_free(&canvas);
        canvas_free(&other);
    }
}

TEST(pictures_are_only_read)
{
    struct canvas canvas = draw_seven(230, 30), copy = draw_seven(230, 30);
    preprocess(&canvas);
    assert_memory_equal(canvas.luma, copy.luma, 200 * 200);
    canvas_free(&canvas);
    canvas_free(&copy);
}

TEST(warnings_and_steps_have_names)
{
    static const char *const warnings[DIGIT_WARNINGS_COUNT] = {
        "blank",          "low_contrast", "several_components", "ink_dropped",     "touches_edge",
        "second_reading", "small_digit",  "touching_digits",    "colour_contrast", "max_pixel_is_1",
    };
    static const char *const steps[DIGIT_STEPS_COUNT] = {
        "invert", "background", "otsu", "lines", "components", "stroke", "otsu_again", "stretch",
    };
    for (size_t i = 0; i < DIGIT_WARNINGS_COUNT; i++)
        assert_string_equal(digit_warning_name(i), warnings[i]);
    for (size_t i = 0; i < DIGIT_STEPS_COUNT; i++)
        assert_string_equal(digit_step_name(i), steps[i]);
    assert_int_equal(DIGIT_WARNING_TOUCHES_EDGE, 1 << 4);
    assert_int_equal(DIGIT_WARNING_MAX_PIXEL_IS_1, 1 << (DIGIT_WARNINGS_COUNT - 1));
    assert_int_equal(DIGIT_STEP_STRETCH, 1 << (DIGIT_STEPS_COUNT - 1));
}

static int create(void **state)
{
    (void)state;
    return digit_preprocessor_create(&preprocessor, NULL) == DIGIT_OK ? 0 : -1;
}

static int destroy(void **state)
{
    (void)state;
    digit_preprocessor_destroy(preprocessor);
    digit_preprocessor_destroy(NULL);
    return 0;
}

TEST_MAIN_WITH(create, destroy, cmocka_unit_test(a_clean_digit_has_a_receipt),
               cmocka_unit_test(light_on_dark_gives_the_same_digit),
               cmocka_unit_test(a_solid_picture_of_any_size_is_blank),
               cmocka_unit_test(less_contrast_than_a_foreground_has_is_blank),
               cmocka_unit_test(a_speck_alone_is_blank),
               cmocka_unit_test(a_mnist_normalised_picture_keeps_its_pixels),
               cmocka_unit_test(a_light_on_dark_one_that_is_nearly_normalised_does_too),
               cmocka_unit_test(a_small_digit_in_28x28_is_normalised),
               cmocka_unit_test(one_of_28x28_with_more_than_one_clean_digit_is_kept),
               cmocka_unit_test(a_gradient_and_noise_are_taken_out),
               cmocka_unit_test(a_shadow_is_taken_out),
               cmocka_unit_test(ruled_lines_are_taken_out_also_through_the_digit),
               cmocka_unit_test(a_frame_and_a_printed_box_are_left_out),
               cmocka_unit_test(specks_are_left_out), cmocka_unit_test(a_detached_stroke_is_kept),
               cmocka_unit_test(of_several_digits_the_one_with_the_most_foreground_is_taken),
               cmocka_unit_test(every_digit_can_be_cropped),
               cmocka_unit_test(a_digit_at_the_edge_is_warned_of),
               cmocka_unit_test(low_contrast_is_warned_of_and_read),
               cmocka_unit_test(thin_and_thick_strokes_become_as_mnists),
               cmocka_unit_test(a_nearly_solid_foreground_is_not_lost),
               cmocka_unit_test(without_its_step_uneven_light_stays),
               cmocka_unit_test(without_its_step_lines_stay),
               cmocka_unit_test(without_its_step_all_pieces_are_the_digits),
               cmocka_unit_test(a_large_picture_is_reduced_and_its_crop_is_in_its_own_pixels),
               cmocka_unit_test(a_crop_ends_with_the_picture),
               cmocka_unit_test(a_picture_gives_the_same_whatever_came_before),
               cmocka_unit_test(pictures_are_only_read),
               cmocka_unit_test(warnings_and_steps_have_names))
