#include "trainer/augment/pen.h"

#include <math.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"

#define SIDE DIGIT_SIDE_PX

TEST(a_line_is_as_wide_as_the_pen_with_soft_edges)
{
    const struct pen pen = {1.25f, 0.8f};
    float image[DIGIT_PIXELS] = {0};
    pen_line(image, (struct pen_point){5, 10}, (struct pen_point){20, 10}, &pen);
    const float *column = image + 12;
    assert_float_equal(column[10 * SIDE], 0.8f, 1e-6);
    assert_float_equal(column[9 * SIDE], 0.8f * 0.75f, 1e-6);
    assert_float_equal(column[11 * SIDE], 0.8f * 0.75f, 1e-6);
    assert_true(column[8 * SIDE] == 0.0f && column[12 * SIDE] == 0.0f);
    assert_float_equal(image[10 * SIDE + 4], 0.8f * 0.75f, 1e-6); /* round ends */
    assert_true(image[10 * SIDE + 3] == 0.0f);
}

/* The area of a line is length times width, and that of the two half discs at its ends. */
TEST(a_line_covers_its_area_at_any_angle)
{
    const struct pen pen = {1.5f, 1.0f};
    for (int angle = 0; angle < 360; angle += 7) {
        float image[DIGIT_PIXELS] = {0}, radians = (float)angle * 0.0174533f;
        struct pen_point from = {13.3f, 13.8f};
        struct pen_point to = {from.x + 10.0f * cosf(radians), from.y + 10.0f * sinf(radians)};
        pen_line(image, from, to, &pen);
        assert_float_equal(drawing_sum(image), 10.0 * 3.0 + 7.07, 1.0);
    }
}

TEST(brighter_pixels_stay_and_lines_may_leave_the_image)
{
    const struct pen pen = {1.0f, 0.5f};
    float image[DIGIT_PIXELS];
    drawing_fill(image, 0.75f);
    pen_line(image, (struct pen_point){-100, 3}, (struct pen_point){100, 3}, &pen);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(image[i] == 0.75f);
    drawing_fill(image, 0.0f);
    pen_line(image, (struct pen_point){-100, 3}, (struct pen_point){100, 3}, &pen);
    assert_float_equal(drawing_sum(image), 0.5 * (28 + 2 * 14), 1e-4);
    drawing_fill(image, 0.0f);
    pen_line(image, (struct pen_point){-100, -3}, (struct pen_point){-50, 900}, &pen);
    assert_true(drawing_sum(image) == 0.0);
}

TEST_MAIN(cmocka_unit_test(a_line_is_as_wide_as_the_pen_with_soft_edges),
          cmocka_unit_test(a_line_covers_its_area_at_any_angle),
          cmocka_unit_test(brighter_pixels_stay_and_lines_may_leave_the_image))
