#include "trainer/augment/outliers/strokes.h"

#include <math.h>

#include "tests/test.h"
#include "tests/trainer/augment/outliers/measures.h"
#include "tests/trainer/drawings.h"

TEST(a_curve_goes_through_its_controls)
{
    const struct pen_point controls[] = {{0, 0}, {5, 1}, {3, 7}, {-2, 4}};
    struct strokes strokes = {.count = 0};
    strokes_add_curve(&strokes, controls, 4);
    assert_int_equal(strokes.count, 1 + 3 * 8);
    for (size_t i = 0; i < 4; i++) {
        assert_float_equal(strokes.points[8 * i].x, controls[i].x, 1e-5);
        assert_float_equal(strokes.points[8 * i].y, controls[i].y, 1e-5);
    }
    for (size_t i = 0; i < strokes.count; i++)
        assert_int_equal(strokes.begins[i], i == 0);
}

/* Two level lines, so far apart that the thickest pen leaves background between them. */
TEST(strokes_fill_the_box_and_are_not_connected)
{
    for (uint64_t index = 0; index < 200; index++) {
        struct strokes strokes = {.count = 0};
        float image[DIGIT_PIXELS] = {0};
        struct rng rng = generator(index);
        for (size_t i = 0; i < 2; i++) {
            strokes_begin(&strokes);
            strokes_add(&strokes, (struct pen_point){100, 100 + 700 * (float)i});
            strokes_add(&strokes, (struct pen_point){900, 100 + 700 * (float)i});
        }
        strokes_write(image, &strokes, 1.0f, &rng);
        assert_normalised(image);
        size_t dark = 0; /* in the middle column, between the two */
        for (size_t y = 12; y < 17; y++)
            dark += image[y * DIGIT_SIDE_PX + 14] == 0.0f;
        assert_true(dark > 0);
    }
}

TEST(width_scales_horizontally)
{
    struct strokes strokes = {.count = 0};
    float image[DIGIT_PIXELS] = {0};
    struct rng rng = generator(0);
    strokes_add(&strokes, (struct pen_point){0, 0});
    strokes_add(&strokes, (struct pen_point){1, 1});
    strokes_write(image, &strokes, 0.5f, &rng);
    assert_in_range(height_of(image), 18, 20);
    assert_in_range(width_of(image), 10, 14);
}

TEST(without_points_nothing_is_drawn_and_one_point_is_a_dot)
{
    struct strokes strokes = {.count = 0};
    float image[DIGIT_PIXELS] = {0};
    struct rng rng = generator(0);
    strokes_write(image, &strokes, 1.0f, &rng);
    assert_true(drawing_sum(image) == 0.0);
    strokes_add(&strokes, (struct pen_point){3, 3});
    strokes_write(image, &strokes, 1.0f, &rng);
    assert_in_range(width_of(image), 2, 7);
    assert_in_range(height_of(image), 2, 7);
}

TEST_MAIN(cmocka_unit_test(a_curve_goes_through_its_controls),
          cmocka_unit_test(strokes_fill_the_box_and_are_not_connected),
          cmocka_unit_test(width_scales_horizontally),
          cmocka_unit_test(without_points_nothing_is_drawn_and_one_point_is_a_dot))
