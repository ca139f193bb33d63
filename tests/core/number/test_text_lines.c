#include <math.h>

#include "core/number/text_lines.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct text_lines lines;

static void find_lines(struct canvas *canvas, size_t max_lines)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&components, &plane);
    text_lines_find(&lines, &components, &plane, max_lines);
    canvas_free(canvas);
}

/* The line of the component whose box begins there. */
static size_t line_at(size_t left, size_t top)
{
    for (size_t i = 0; i < components.count; i++)
        if (components.items[i].box.left == left && components.items[i].box.top == top)
            return lines.of_component[i];
    fail_msg("no component at %zu, %zu", left, top);
    return TEXT_LINE_NONE;
}

TEST(digits_side_by_side_are_a_line)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 10, 20, 20, 40, 255);
    canvas_box(&canvas, 40, 24, 20, 40, 255);
    canvas_box(&canvas, 150, 18, 5, 40, 255); /* far away, but level */
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 1);
    assert_int_equal(lines.found, 1);
    assert_int_equal(lines.dropped, 0);
    assert_int_equal(lines.items[0].height_px, 40);
    assert_int_equal(lines.items[0].mass, 255 * 40 * (20 + 20 + 5));
    assert_near(text_line_middle(&lines.items[0], lines.items[0].middle_x), lines.items[0].middle_y,
                1e-9);
}

TEST(lines_are_ordered_from_top_to_bottom)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 10, 120, 20, 40, 255); /* has less in its first rows than the line above */
    canvas_box(&canvas, 40, 110, 20, 40, 255);
    canvas_box(&canvas, 20, 30, 20, 40, 255);
    canvas_box(&canvas, 50, 20, 20, 40, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 2);
    assert_int_equal(line_at(20, 30), 0);
    assert_int_equal(line_at(50, 20), 0);
    assert_int_equal(line_at(10, 120), 1);
    assert_int_equal(line_at(40, 110), 1);
}

TEST(a_line_may_rise)
{
    struct canvas canvas = canvas_make(500, 200, 0);
    for (size_t i = 0; i < 10; i++)
        canvas_box(&canvas, 10 + 45 * i, 150 - 12 * i, 20, 30, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 1);
    assert_true(lines.items[0].slope < -0.2 && lines.items[0].slope > -12.0 / 45);
    double middle = text_line_middle(&lines.items[0], 19.5);
    assert_true(middle > 155 && middle < 165);
}

TEST(two_digits_of_different_size_make_no_slope)
{
    struct canvas canvas = canvas_make(100, 100, 0);
    canvas_box(&canvas, 10, 20, 20, 60, 255);
    canvas_box(&canvas, 40, 50, 20, 30, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 1);
    assert_true(lines.items[0].slope < 0.05);
}

TEST(small_components_belong_to_the_nearest_line)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 20, 20, 20, 40, 255);
    canvas_box(&canvas, 20, 120, 20, 40, 255);
    canvas_box(&canvas, 50, 85, 5, 5, 255);
    canvas_box(&canvas, 50, 95, 5, 5, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 2);
    assert_int_equal(line_at(50, 85), 0);
    assert_int_equal(line_at(50, 95), 1);
}

TEST(a_frame_and_a_ruled_line_are_dropped)
{
    struct canvas canvas = canvas_make(300, 100, 0);
    canvas_frame(&canvas, 5, 5, 290, 80, 2, 255);
    canvas_box(&canvas, 20, 20, 20, 40, 255);
    canvas_box(&canvas, 60, 20, 20, 40, 255);
    canvas_box(&canvas, 100, 65, 150, 2, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 1);
    assert_int_equal(lines.dropped, 2);
    assert_int_equal(line_at(5, 5), TEXT_LINE_NONE);
    assert_int_equal(line_at(100, 65), TEXT_LINE_NONE);
    assert_int_equal(line_at(60, 20), 0);
}

TEST(a_digit_along_the_edge_stays)
{
    struct canvas canvas = canvas_make(100, 40, 0);
    canvas_box(&canvas, 0, 0, 6, 40, 255);
    canvas_box(&canvas, 30, 4, 20, 32, 255);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.dropped, 0);
    assert_int_equal(line_at(0, 0), 0);
}

TEST(of_too_many_lines_the_heaviest_are_kept)
{
    for (size_t max = 2; max <= 4; max++) {
        struct canvas canvas = canvas_make(100, 300, 0);
        canvas_box(&canvas, 20, 10, 20, 40, 255);
        canvas_box(&canvas, 20, 110, 8, 40, 255);
        canvas_box(&canvas, 20, 210, 20, 40, 255);
        find_lines(&canvas, max);
        assert_int_equal(lines.found, 3);
        assert_int_equal(lines.count, max < 3 ? max : 3);
        assert_int_equal(line_at(20, 210), max < 3 ? 1 : 2);
        assert_int_equal(line_at(20, 110), max < 3 ? TEXT_LINE_NONE : 1);
        assert_int_equal(lines.dropped, max < 3);
        assert_int_equal(lines.dropped_mass, max < 3 ? 255 * 8 * 40 : 0);
    }
}

TEST(an_empty_plane_has_no_lines)
{
    struct canvas canvas = canvas_make(30, 30, 0);
    find_lines(&canvas, NUMBER_LINES_MAX);
    assert_int_equal(lines.count, 0);
    assert_int_equal(lines.dropped, 0);
}

TEST_MAIN(cmocka_unit_test(digits_side_by_side_are_a_line),
          cmocka_unit_test(lines_are_ordered_from_top_to_bottom), cmocka_unit_test(a_line_may_rise),
          cmocka_unit_test(two_digits_of_different_size_make_no_slope),
          cmocka_unit_test(small_components_belong_to_the_nearest_line),
          cmocka_unit_test(a_frame_and_a_ruled_line_are_dropped),
          cmocka_unit_test(a_digit_along_the_edge_stays),
          cmocka_unit_test(of_too_many_lines_the_heaviest_are_kept),
          cmocka_unit_test(an_empty_plane_has_no_lines))
