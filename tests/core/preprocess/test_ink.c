#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/preprocess/ink.h"
#include "tests/core/preprocess/drawings.h"

static void ground_noise_and_ink_are_measured(void **state)
{
    struct canvas canvas = canvas_make(100, 100, 20);
    struct plane plane = canvas_plane(&canvas);
    (void)state;
    canvas_box(&canvas, 40, 20, 10, 60, 180);
    struct ink_levels levels = ink_measure(&plane);
    assert_int_equal(levels.ground, 20);
    assert_int_equal(levels.noise, 0);
    assert_int_equal(levels.ink, 180);
    canvas_noise(&canvas, 6, 1);
    levels = ink_measure(&plane);
    assert_in_range(levels.ground, 19, 21);
    assert_in_range(levels.noise, 3, 5); /* 13 even levels deviate by 3.7 */
    assert_in_range(levels.ink, 178, 182);
    canvas_free(&canvas);
}

static void a_light_frame_is_not_the_ground(void **state)
{
    struct canvas canvas = canvas_make(120, 120, 20);
    struct plane plane = canvas_plane(&canvas);
    (void)state;
    canvas_frame(&canvas, 0, 0, 120, 120, 5, 200);
    assert_int_equal(ink_measure(&plane).ground, 20);
    canvas_free(&canvas);
}

static void a_plane_of_one_level_has_no_ink(void **state)
{
    (void)state;
    for (int level = 0; level <= 255; level += 255) {
        struct canvas canvas = canvas_make(1, 7, (uint8_t)level);
        struct plane plane = canvas_plane(&canvas);
        struct ink_levels levels = ink_measure(&plane);
        assert_int_equal(levels.ground, level);
        assert_int_equal(levels.ink, level);
        canvas_free(&canvas);
    }
}

/* Ruled paper has more pixels than the stroke and is fainter than ink can be. */
static void faint_lines_do_not_hide_strong_ink(void **state)
{
    struct canvas canvas = canvas_make(100, 100, 20);
    struct plane plane = canvas_plane(&canvas);
    (void)state;
    for (size_t y = 12; y < 100; y += 12)
        canvas_box(&canvas, 0, y, 100, 1, 34);
    canvas_box(&canvas, 45, 40, 5, 20, 200);
    assert_int_equal(ink_measure(&plane).ink, 200);
    canvas_free(&canvas);
}

static uint8_t stretched(uint8_t level, struct ink_levels levels)
{
    struct plane plane = {&level, 1, 1};
    ink_stretch(&plane, &levels);
    return level;
}

static void stretching_is_even_from_a_quarter_of_the_way(void **state)
{
    const struct ink_levels levels = {.ground = 20, .noise = 0, .ink = 180};
    (void)state;
    assert_int_equal(stretched(0, levels), 0);
    assert_int_equal(stretched(60, levels), 0);
    assert_int_equal(stretched(61, levels), 255 / 120);
    assert_int_equal(stretched(100, levels), INK_EDGE); /* half of the way */
    assert_int_equal(stretched(179, levels), 255 * 119 / 120);
    assert_int_equal(stretched(180, levels), 255);
    assert_int_equal(stretched(255, levels), 255);
}

static void what_may_be_noise_is_no_ink(void **state)
{
    (void)state;
    assert_int_equal(stretched(71, (struct ink_levels){20, 13, 180}), 0);
    assert_int_equal(stretched(73, (struct ink_levels){20, 13, 180}), 255 / 108);
    /* But never more than half of the way. */
    assert_int_equal(stretched(100, (struct ink_levels){20, 60, 180}), 0);
    assert_int_equal(stretched(102, (struct ink_levels){20, 60, 180}), 255 * 2 / 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ground_noise_and_ink_are_measured),
        cmocka_unit_test(a_light_frame_is_not_the_ground),
        cmocka_unit_test(a_plane_of_one_level_has_no_ink),
        cmocka_unit_test(faint_lines_do_not_hide_strong_ink),
        cmocka_unit_test(stretching_is_even_from_a_quarter_of_the_way),
        cmocka_unit_test(what_may_be_noise_is_no_ink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
