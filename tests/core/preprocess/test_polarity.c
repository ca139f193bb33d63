#include "core/preprocess/polarity.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct grid_scratch scratch;

static struct polarity find(const struct plane *plane)
{
    struct histogram levels;
    histogram_of_plane(&levels, plane);
    return polarity_find(plane, &levels, &scratch);
}

static bool is_dark_on_light(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    return find(&plane).dark_on_light;
}

/* As drawn and with light and dark changed. */
static void assert_polarity(struct canvas *canvas, bool dark_on_light)
{
    assert_int_equal(is_dark_on_light(canvas), dark_on_light);
    canvas_invert(canvas);
    assert_int_equal(is_dark_on_light(canvas), !dark_on_light);
    canvas_free(canvas);
}

TEST(an_even_background_decides)
{
    struct canvas canvas = canvas_make(60, 80, 240);
    canvas_seven(&canvas, 15, 15, 50, 5, 20);
    assert_polarity(&canvas, true);
}

TEST(a_frame_at_the_edge_does_not_decide)
{
    struct canvas canvas = canvas_make(120, 120, 240);
    canvas_frame(&canvas, 0, 0, 120, 120, 6, 10);
    canvas_seven(&canvas, 35, 30, 60, 6, 20);
    assert_polarity(&canvas, true);
}

TEST(a_box_along_the_outer_ring_does_not_decide)
{
    struct canvas canvas = canvas_make(240, 240, 230);
    canvas_frame(&canvas, 19, 19, 202, 202, 3, 20);
    canvas_seven(&canvas, 80, 60, 120, 8, 20);
    assert_polarity(&canvas, true);
}

TEST(under_uneven_light_strokes_decide)
{
    struct canvas canvas = canvas_make(200, 200, 250);
    canvas_seven(&canvas, 60, 50, 100, 8, 150);
    canvas_darken(&canvas, 200);
    assert_polarity(&canvas, true);
}

TEST(of_a_small_picture_three_sides_decide)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_box(&canvas, 0, 0, 28, 3, 255);
    canvas_box(&canvas, 0, 0, 3, 28, 255);
    assert_false(is_dark_on_light(&canvas));
    canvas_box(&canvas, 25, 0, 3, 28, 255);
    assert_true(is_dark_on_light(&canvas));
    canvas_free(&canvas);
}

TEST(inverting_twice_changes_nothing)
{
    struct canvas canvas = canvas_make(3, 3, 10);
    struct plane plane = canvas_plane(&canvas);
    polarity_invert(&plane);
    assert_int_equal(canvas_at(&canvas, 2, 2), 245);
    polarity_invert(&plane);
    assert_int_equal(canvas_at(&canvas, 2, 2), 10);
    canvas_free(&canvas);
}

TEST(a_picture_of_one_pixel_has_a_polarity)
{
    struct canvas canvas = canvas_make(1, 1, 0);
    assert_polarity(&canvas, false);
}

TEST_MAIN(cmocka_unit_test(an_even_background_decides),
          cmocka_unit_test(a_frame_at_the_edge_does_not_decide),
          cmocka_unit_test(a_box_along_the_outer_ring_does_not_decide),
          cmocka_unit_test(under_uneven_light_strokes_decide),
          cmocka_unit_test(of_a_small_picture_three_sides_decide),
          cmocka_unit_test(inverting_twice_changes_nothing),
          cmocka_unit_test(a_picture_of_one_pixel_has_a_polarity))
