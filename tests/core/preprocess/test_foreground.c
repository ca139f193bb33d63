#include "core/preprocess/foreground.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

TEST(background_noise_and_foreground_are_measured)
{
    struct canvas canvas = canvas_make(100, 100, 20);
    struct plane plane = canvas_plane(&canvas);
    canvas_box(&canvas, 40, 20, 10, 60, 180);
    struct foreground_levels levels = foreground_measure(&plane);
    assert_int_equal(levels.background, 20);
    assert_int_equal(levels.noise, 0);
    assert_int_equal(levels.foreground, 180);
    canvas_noise(&canvas, 6, 1);
    levels = foreground_measure(&plane);
    assert_in_range(levels.background, 19, 21);
    assert_in_range(levels.noise, 3, 5); /* 13 even levels deviate by 3.7 */
    assert_in_range(levels.foreground, 178, 182);
    canvas_free(&canvas);
}

TEST(a_light_frame_is_not_the_background)
{
    struct canvas canvas = canvas_make(120, 120, 20);
    struct plane plane = canvas_plane(&canvas);
    canvas_frame(&canvas, 0, 0, 120, 120, 5, 200);
    assert_int_equal(foreground_measure(&plane).background, 20);
    canvas_free(&canvas);
}

TEST(a_plane_of_one_level_has_no_foreground)
{
    for (int level = 0; level <= 255; level += 255) {
        struct canvas canvas = canvas_make(1, 7, (uint8_t)level);
        struct plane plane = canvas_plane(&canvas);
        struct foreground_levels levels = foreground_measure(&plane);
        assert_int_equal(levels.background, level);
        assert_int_equal(levels.foreground, level);
        canvas_free(&canvas);
    }
}

/* The lines of ruled paper have more pixels than the stroke and are too faint for a foreground. */
TEST(faint_lines_do_not_hide_a_strong_foreground)
{
    struct canvas canvas = canvas_make(100, 100, 20);
    struct plane plane = canvas_plane(&canvas);
    for (size_t y = 12; y < 100; y += 12)
        canvas_box(&canvas, 0, y, 100, 1, 34);
    canvas_box(&canvas, 45, 40, 5, 20, 200);
    assert_int_equal(foreground_measure(&plane).foreground, 200);
    canvas_free(&canvas);
}

static uint8_t stretched(uint8_t level, struct foreground_levels levels)
{
    struct plane plane = {&level, 1, 1};
    foreground_stretch(&plane, &levels);
    return level;
}

TEST(stretching_is_even_from_a_quarter_of_the_way)
{
    const struct foreground_levels levels = {.background = 20, .noise = 0, .foreground = 180};
    assert_int_equal(stretched(0, levels), 0);
    assert_int_equal(stretched(60, levels), 0);
    assert_int_equal(stretched(61, levels), 255 / 120);
    assert_int_equal(stretched(100, levels), FOREGROUND_EDGE); /* half of the way */
    assert_int_equal(stretched(179, levels), 255 * 119 / 120);
    assert_int_equal(stretched(180, levels), 255);
    assert_int_equal(stretched(255, levels), 255);
}

TEST(what_may_be_noise_is_no_foreground)
{
    assert_int_equal(stretched(71, (struct foreground_levels){20, 13, 180}), 0);
    assert_int_equal(stretched(73, (struct foreground_levels){20, 13, 180}), 255 / 108);
    /* But never more than half of the way. */
    assert_int_equal(stretched(100, (struct foreground_levels){20, 60, 180}), 0);
    assert_int_equal(stretched(102, (struct foreground_levels){20, 60, 180}), 255 * 2 / 80);
}

TEST_MAIN(cmocka_unit_test(background_noise_and_foreground_are_measured),
          cmocka_unit_test(a_light_frame_is_not_the_background),
          cmocka_unit_test(a_plane_of_one_level_has_no_foreground),
          cmocka_unit_test(faint_lines_do_not_hide_a_strong_foreground),
          cmocka_unit_test(stretching_is_even_from_a_quarter_of_the_way),
          cmocka_unit_test(what_may_be_noise_is_no_foreground))
