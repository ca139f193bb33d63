#include <stdbool.h>

#include "core/preprocess/background.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct grid_scratch scratch;

TEST(the_ring_lies_a_twelfth_of_the_shorter_side_inside)
{
    struct plane plane = {NULL, 120, 59};
    assert_int_equal(background_ring_depth(&plane), 4);
    plane.height_px = 11;
    assert_int_equal(background_ring_depth(&plane), 0);
}

TEST(an_even_background_stays)
{
    struct canvas canvas = canvas_make(60, 50, 30);
    struct plane plane = canvas_plane(&canvas);
    canvas_box(&canvas, 25, 10, 5, 30, 200);
    canvas_set(&canvas, 0, 0, 32);
    background_remove(&plane, &scratch);
    assert_int_equal(canvas_at(&canvas, 1, 1), 30);
    assert_int_equal(canvas_at(&canvas, 0, 0), 32);
    assert_int_equal(canvas_at(&canvas, 27, 20), 200);
    canvas_free(&canvas);
}

/* On a sloping background the foreground alone is left, at its contrast. */
static void assert_slope_removed(size_t side_px)
{
    struct canvas canvas = canvas_make(side_px, side_px, 150);
    struct plane plane = canvas_plane(&canvas);
    canvas_darken(&canvas, 120);
    size_t left = side_px / 2, top = side_px / 4, thick = side_px / 12;
    for (size_t y = top; y < 3 * top; y++)
        for (size_t x = left; x < left + thick; x++)
            canvas_set(&canvas, x, y, (uint8_t)(canvas_at(&canvas, x, y) + 100));
    background_remove(&plane, &scratch);
    for (size_t y = 0; y < side_px; y++)
        for (size_t x = 0; x < side_px; x++) {
            bool inside = x >= left && x < left + thick && y >= top && y < 3 * top;
            int level = canvas_at(&canvas, x, y);
            /* The background under the stroke is that of the stroke's lighter side, up to a twelfth of
             * 120 levels lighter; means, fractions and levels are rounded. */
            if (inside)
                assert_in_range(level, 100 - 10 - 2, 102);
            else
                assert_in_range(level, 0, 4);
        }
    canvas_free(&canvas);
}

TEST(a_slope_is_taken_out_of_planes_of_any_size)
{
    assert_slope_removed(28);
    assert_slope_removed(64);
    assert_slope_removed(200);
    assert_slope_removed(512);
}

TEST(what_is_darker_than_its_background_becomes_0)
{
    struct canvas canvas = canvas_make(64, 64, 200);
    struct plane plane = canvas_plane(&canvas);
    canvas_darken(&canvas, 100);
    canvas_box(&canvas, 0, 0, 64, 8, 10);
    background_remove(&plane, &scratch);
    assert_int_equal(canvas_at(&canvas, 30, 2), 0);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(the_ring_lies_a_twelfth_of_the_shorter_side_inside),
          cmocka_unit_test(an_even_background_stays),
          cmocka_unit_test(a_slope_is_taken_out_of_planes_of_any_size),
          cmocka_unit_test(what_is_darker_than_its_background_becomes_0))
