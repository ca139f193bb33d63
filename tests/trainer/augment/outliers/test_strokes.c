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

/* A line of two points, and a curve. */
TEST(a_text_is_strokes_on_a_grid)
{
    struct strokes strokes = {.count = 0};
    strokes_add_text(&strokes, "0088 ~104482", 0.45f, NULL);
    assert_int_equal(strokes.count, 2 + 1 + 2 * 8);
    assert_true(strokes.points[1].x == 8.0f && strokes.points[1].y == 8.0f);
    assert_true(strokes.points[2].x == 1.0f && strokes.points[2].y == 0.0f);
    assert_float_equal(strokes.points[10].x, 4.0f, 1e-5);
    assert_float_equal(strokes.points[18].y, 2.0f, 1e-5);
    for (size_t i = 0; i < strokes.count; i++)
        assert_int_equal(strokes.begins[i], i == 0 || i == 2);
    struct strokes jittered = {.count = 0};
    struct rng rng = generator(1);
    strokes_add_text(&jittered, "0088 ~104482", 0.45f, &rng);
    assert_int_equal(jittered.count, strokes.count);
    assert_true(jittered.points[1].x != 8.0f && fabsf(jittered.points[1].x - 8.0f) < 3.0f);
}

TEST(a_pen_draws_as_thick_as_it_is)
{
    static const struct pen thin = {1.0f, 1.0f}, thick = {2.0f, 0.5f};
    struct strokes strokes = {.count = 0};
    float image[DIGIT_PIXELS] = {0}, wide[DIGIT_PIXELS] = {0};
    strokes_add_text(&strokes, "4048", 0.0f, NULL);
    strokes_draw(image, &strokes, 1.0f, &thin);
    strokes_draw(wide, &strokes, 1.0f, &thick);
    assert_normalised(image);
    assert_normalised(wide);
    assert_true(width_of(image) < width_of(wide));
    assert_float_equal(wide[14 * DIGIT_SIDE_PX + 14], 0.5f, 1e-6);
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
          cmocka_unit_test(a_text_is_strokes_on_a_grid),
          cmocka_unit_test(a_pen_draws_as_thick_as_it_is),
          cmocka_unit_test(strokes_fill_the_box_and_are_not_connected),
          cmocka_unit_test(width_scales_horizontally),
          cmocka_unit_test(without_points_nothing_is_drawn_and_one_point_is_a_dot))
