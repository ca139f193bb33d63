#include "core/read/number_planes.h"

#include "tests/core/read/fixture.h"

#include "tests/test.h"

#define PLANES_MAX 10

/* The planes of a picture. */
static struct {
    unsigned steps[PLANES_MAX];
    float log_priors[PLANES_MAX];
    size_t count;
} seen;

/* Frees the canvas. */
static void list_planes(struct canvas *canvas)
{
    const struct digit_image image = canvas_image(canvas);
    struct number_planes planes;
    seen.count = 0;
    preprocessor_begin(preprocessor, &image, NULL);
    number_planes_begin(&planes);
    while (number_planes_next(&planes, preprocessor)) {
        assert_true(seen.count < PLANES_MAX);
        assert_true(preprocessor->foreground.contrast > 0);
        seen.steps[seen.count] = planes.steps;
        seen.log_priors[seen.count++] = planes.log_prior;
    }
    assert_false(number_planes_next(&planes, preprocessor)); /* it stays at its end */
    canvas_free(canvas);
}

static size_t count_with(unsigned steps)
{
    size_t count = 0;
    for (size_t i = 0; i < seen.count; i++)
        count += (seen.steps[i] & steps) == steps;
    return count;
}

TEST(a_plain_picture_has_one)
{
    struct canvas canvas = draw_seven(230, 30);
    list_planes(&canvas);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.steps[0], DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES);
    canvas = draw_seven(30, 230);
    list_planes(&canvas);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.steps[0], DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES);
}

TEST(a_solid_picture_has_none)
{
    for (unsigned level = 0; level <= 255; level += 51) {
        struct canvas canvas = canvas_make(60, 40, (uint8_t)level);
        list_planes(&canvas);
        assert_int_equal(seen.count, 0);
    }
}

TEST(lines_are_removed_and_kept)
{
    struct canvas canvas = draw_seven(230, 30);
    canvas_box(&canvas, 0, 100, 200, 3, 30);
    list_planes(&canvas);
    assert_int_equal(seen.steps[0], DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES);
    size_t kept = 0;
    for (size_t i = 1; i < seen.count; i++)
        kept += seen.steps[i] == (DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND);
    assert_int_equal(kept, 1);
    assert_int_equal(count_with(DIGIT_STEP_INVERT), seen.count);
}

TEST(in_doubt_both_polarities_are_tried)
{
    struct canvas canvas = draw_in_uneven_light();
    list_planes(&canvas);
    size_t inverted = count_with(DIGIT_STEP_INVERT);
    assert_in_range(inverted, 2, seen.count - 1);
    for (size_t i = 0; i < seen.count; i++) /* what the picture seems to be comes first */
        assert_int_equal((seen.steps[i] & DIGIT_STEP_INVERT) != 0, i < inverted);
}

TEST(ink_on_a_patch_is_found_by_the_second_threshold)
{
    struct canvas canvas = canvas_make(200, 200, 255);
    canvas_box(&canvas, 30, 20, 140, 160, 150);
    canvas_seven(&canvas, 60, 40, 120, 16, 0);
    list_planes(&canvas);
    assert_true(count_with(DIGIT_STEP_INVERT | DIGIT_STEP_OTSU_AGAIN) > 0);
    canvas = draw_seven(230, 30);
    list_planes(&canvas);
    assert_int_equal(count_with(DIGIT_STEP_OTSU_AGAIN), 0);
}

/* Only a shape with more contrast than noise is worth a trial by the usual steps. */
TEST(less_contrast_than_noise_is_left_to_the_threshold)
{
    struct canvas canvas = draw_seven(230, 214);
    list_planes(&canvas);
    assert_int_equal(seen.steps[0], DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES);
    canvas = draw_seven(230, 215);
    list_planes(&canvas);
    for (size_t i = 0; i < seen.count; i++)
        assert_true((seen.steps[i] & DIGIT_STEP_OTSU) != 0);
}

TEST_MAIN_WITH(create_preprocessor, destroy_preprocessor, cmocka_unit_test(a_plain_picture_has_one),
               cmocka_unit_test(a_solid_picture_has_none),
               cmocka_unit_test(lines_are_removed_and_kept),
               cmocka_unit_test(in_doubt_both_polarities_are_tried),
               cmocka_unit_test(ink_on_a_patch_is_found_by_the_second_threshold),
               cmocka_unit_test(less_contrast_than_noise_is_left_to_the_threshold))
