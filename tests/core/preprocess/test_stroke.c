#include <math.h>
#include <string.h>

#include "core/preprocess/foreground.h"
#include "core/preprocess/stroke.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

#define MEDIAN 282

static struct stroke_scratch scratch;

/* A crop whose foreground has that longer side and lies at the margin. */
static struct crop crop_of(const struct canvas *canvas, size_t side_px)
{
    return (struct crop){
        .plane = canvas_plane(canvas), .margin_px = (side_px + 9) / 10, .side_px = side_px};
}

/* A round stroke from corner to corner of 100x100 px, where every direction is as good. */
static struct canvas draw_stroke(double thick_px)
{
    struct canvas canvas = canvas_make(120, 120, 0);
    double end = 10 + thick_px / 2;
    canvas_stroke(&canvas, end, end, 120 - end, 120 - end * 1.6, thick_px, 255);
    return canvas;
}

TEST(the_width_of_a_square_is_twice_its_area_over_its_outline)
{
    struct canvas canvas = canvas_make(24, 24, 0);
    canvas_box(&canvas, 2, 2, 20, 20, 255);
    struct crop crop = crop_of(&canvas, 20);
    /* 2 * 400 / (80 pi / 4) px of 20. */
    assert_int_equal(stroke_width(&crop), (uint32_t)(100 * 800 / (20 * 3.14159265)));
    canvas_free(&canvas);
}

TEST(the_width_is_in_pixels_of_20_whatever_the_size)
{
    for (size_t thick_px = 5; thick_px <= 40; thick_px += 5) {
        struct canvas canvas = draw_stroke((double)thick_px);
        struct crop crop = crop_of(&canvas, 100);
        double expected = 100.0 * (double)thick_px * 20 / 100;
        /* A slanted stroke's pixels have longer sides than pi / 4 makes good, and its ends are
         * round. */
        assert_in_range(stroke_width(&crop), (uint32_t)(0.7 * expected),
                        (uint32_t)(1.05 * expected));
        canvas_free(&canvas);
    }
}

TEST(without_ink_there_is_no_width)
{
    struct canvas canvas = canvas_make(9, 9, FOREGROUND_EDGE - 1);
    struct crop crop = crop_of(&canvas, 7);
    assert_int_equal(stroke_width(&crop), 0);
    assert_false(stroke_normalise(&crop, 0, &scratch));
    canvas_free(&canvas);
}

TEST(strokes_as_thick_as_mnists_stay)
{
    struct canvas canvas = draw_stroke(17);
    uint8_t before[120 * 120];
    struct crop crop = crop_of(&canvas, 100);
    memcpy(before, canvas.luma, sizeof before);
    assert_false(stroke_normalise(&crop, MEDIAN, &scratch));
    /* 2 / 100 of 1/20 of 100 px, half of it on either side, is less than 1/16 px. */
    assert_false(stroke_normalise(&crop, MEDIAN + 2, &scratch));
    assert_false(stroke_normalise(&crop, MEDIAN - 2, &scratch));
    assert_memory_equal(canvas.luma, before, sizeof before);
    assert_true(stroke_normalise(&crop, MEDIAN - 3, &scratch));
    canvas_free(&canvas);
}

TEST(thin_strokes_become_as_thick_as_the_median)
{
    for (int thick_px = 2; thick_px < 13; thick_px += 2) {
        struct canvas canvas = draw_stroke(thick_px);
        struct crop crop = crop_of(&canvas, 100);
        assert_true(stroke_normalise(&crop, stroke_width(&crop), &scratch));
        /* Widths are estimates by an outline of pixels: within a quarter of a pixel of 20. */
        assert_in_range(stroke_width(&crop), MEDIAN - 30, MEDIAN + 30);
        canvas_free(&canvas);
    }
}

TEST(thick_strokes_become_as_thin_as_the_median)
{
    /* From 40 of 100 on it is a blot, and as much of its length goes as of its thickness. */
    for (int thick_px = 20; thick_px < 40; thick_px += 4) {
        struct canvas canvas = draw_stroke(thick_px);
        struct crop crop = crop_of(&canvas, 100);
        assert_true(stroke_normalise(&crop, stroke_width(&crop), &scratch));
        assert_in_range(stroke_width(&crop), MEDIAN - 80, MEDIAN + 80);
        canvas_free(&canvas);
    }
}

/* Edges move by distances in the plane, not by steps along rows and columns. */
TEST(a_dot_grows_to_a_disc)
{
    struct canvas canvas = canvas_make(192, 192, 0);
    canvas_set(&canvas, 96, 96, 255);
    struct crop crop = crop_of(&canvas, 160);
    /* (282 - 82) / 100 of 20 px, half on either side: 8 px of 160. */
    assert_true(stroke_normalise(&crop, MEDIAN - 200, &scratch));
    for (size_t y = 0; y < 192; y++)
        for (size_t x = 0; x < 192; x++) {
            int sixteenths = (int)(16 * hypot((double)x - 96, (double)y - 96));
            int level = canvas_at(&canvas, x, y);
            assert_int_equal(level == 255, sixteenths <= 16 * 8);
            assert_int_equal(level == 0, sixteenths >= 16 * 9);
        }
    canvas_free(&canvas);
}

TEST(ink_thicker_than_the_reach_is_not_lost)
{
    struct canvas canvas = canvas_make(192, 192, 0);
    canvas_box(&canvas, 16, 16, 160, 160, 255);
    struct crop crop = crop_of(&canvas, 160);
    assert_true(stroke_normalise(&crop, stroke_width(&crop), &scratch));
    assert_int_equal(canvas_at(&canvas, 96, 96), 255);
    assert_int_equal(canvas_at(&canvas, 16 + 15, 96), 0); /* 16 px are taken */
    assert_int_equal(canvas_at(&canvas, 16 + 16, 96), 255);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(the_width_of_a_square_is_twice_its_area_over_its_outline),
          cmocka_unit_test(the_width_is_in_pixels_of_20_whatever_the_size),
          cmocka_unit_test(without_ink_there_is_no_width),
          cmocka_unit_test(strokes_as_thick_as_mnists_stay),
          cmocka_unit_test(thin_strokes_become_as_thick_as_the_median),
          cmocka_unit_test(thick_strokes_become_as_thin_as_the_median),
          cmocka_unit_test(a_dot_grows_to_a_disc),
          cmocka_unit_test(ink_thicker_than_the_reach_is_not_lost))
