#include "core/preprocess/lines.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct lines_scratch scratch;

static size_t remove_lines(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    size_t count = lines_remove(&plane, &scratch);
    assert_int_equal(plane.width_px, canvas->width_px);
    assert_int_equal(plane.height_px, canvas->height_px);
    return count;
}

static size_t count_foreground(const struct canvas *canvas)
{
    size_t count = 0;
    for (size_t i = 0; i < canvas->width_px * canvas->height_px; i++)
        count += canvas->luma[i] != 0;
    return count;
}

TEST(ruled_lines_are_taken_out)
{
    struct canvas canvas = canvas_make(200, 150, 0);
    for (size_t y = 20; y < 150; y += 30)
        canvas_box(&canvas, 0, y, 200, 2, 255);
    assert_int_equal(remove_lines(&canvas), 5);
    assert_int_equal(count_foreground(&canvas), 0);
    canvas_free(&canvas);
}

TEST(squares_are_taken_out_in_both_directions)
{
    struct canvas canvas = canvas_make(150, 200, 0);
    for (size_t i = 20; i < 200; i += 40) {
        canvas_box(&canvas, 0, i, 150, 2, 255);
        canvas_box(&canvas, i, 0, 2, 200, 255);
    }
    assert_int_equal(remove_lines(&canvas), 5 + 4);
    assert_int_equal(count_foreground(&canvas), 0);
    canvas_free(&canvas);
}

TEST(a_stroke_that_crosses_a_line_stays_whole)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 0, 100, 200, 2, 255);
    canvas_box(&canvas, 90, 40, 12, 120, 255);
    assert_int_equal(remove_lines(&canvas), 1);
    assert_int_equal(count_foreground(&canvas), 12 * 120);
    for (size_t y = 40; y < 160; y++)
        assert_int_equal(canvas_at(&canvas, 95, y), 255);
    canvas_free(&canvas);
}

TEST(a_tilted_line_is_one_line)
{
    struct canvas canvas = canvas_make(240, 240, 0);
    for (size_t x = 0; x < 240; x++)
        canvas_box(&canvas, x, 100 + x / 40, 1, 3, 255);
    assert_int_equal(remove_lines(&canvas), 1);
    assert_int_equal(count_foreground(&canvas), 0);
    canvas_free(&canvas);
}

TEST(strokes_are_no_lines)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_seven(&canvas, 40, 30, 140, 4, 255);
    canvas_box(&canvas, 20, 190, 150, 3, 255); /* shorter than seven eighths */
    size_t count = count_foreground(&canvas);
    assert_int_equal(remove_lines(&canvas), 0);
    assert_int_equal(count_foreground(&canvas), count);
    canvas_free(&canvas);
}

TEST(a_thick_bar_is_no_line)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 0, 80, 200, 8, 255); /* 7 px are thin */
    assert_int_equal(remove_lines(&canvas), 0);
    assert_int_equal(count_foreground(&canvas), 200 * 8);
    canvas_free(&canvas);
}

TEST(planes_of_all_foreground_or_one_pixel_are_taken)
{
    for (size_t side = 1; side <= 512; side = side * 3 + 1) {
        struct canvas canvas = canvas_make(side, 1, 255);
        remove_lines(&canvas);
        canvas_free(&canvas);
        canvas = canvas_make(1, side, 255);
        remove_lines(&canvas);
        canvas_free(&canvas);
        canvas = canvas_make(side, side, 255);
        size_t count = remove_lines(&canvas);
        assert_true(side < 10 || count == 0);
        canvas_free(&canvas);
    }
}

TEST_MAIN(cmocka_unit_test(ruled_lines_are_taken_out),
          cmocka_unit_test(squares_are_taken_out_in_both_directions),
          cmocka_unit_test(a_stroke_that_crosses_a_line_stays_whole),
          cmocka_unit_test(a_tilted_line_is_one_line), cmocka_unit_test(strokes_are_no_lines),
          cmocka_unit_test(a_thick_bar_is_no_line),
          cmocka_unit_test(planes_of_all_foreground_or_one_pixel_are_taken))
