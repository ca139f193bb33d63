#include "core/preprocess/measure.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

TEST(the_box_is_the_smallest_around_what_is_above_the_background)
{
    struct canvas canvas = canvas_make(20, 30, 8);
    struct plane plane = canvas_plane(&canvas);
    struct box box;
    canvas_set(&canvas, 3, 17, 9);
    canvas_set(&canvas, 19, 5, 255);
    assert_true(measure_box(&box, &plane, 8));
    assert_int_equal(box.left, 3);
    assert_int_equal(box.top, 5);
    assert_int_equal(box.right, 19);
    assert_int_equal(box.bottom, 17);
    assert_int_equal(box_width(&box), 17);
    assert_int_equal(box_height(&box), 13);
    assert_int_equal(box_longer_side(&box), 17);
    assert_true(measure_box(&box, &plane, 9));
    assert_int_equal(box_longer_side(&box), 1);
    assert_false(measure_box(&box, &plane, 255));
    canvas_free(&canvas);
}

TEST(every_pixel_can_be_the_box)
{
    for (size_t i = 0; i < 35; i++) {
        struct canvas canvas = canvas_make(5, 7, 0);
        struct plane plane = canvas_plane(&canvas);
        struct box box;
        canvas_set(&canvas, i % 5, i / 5, 1);
        assert_true(measure_box(&box, &plane, 0));
        assert_true(box.left == i % 5 && box.right == i % 5);
        assert_true(box.top == i / 5 && box.bottom == i / 5);
        canvas_free(&canvas);
    }
}

TEST(moments_are_sums_by_twice_the_distance_of_the_middle)
{
    struct canvas canvas = canvas_make(512, 512, 3);
    struct plane plane = canvas_plane(&canvas);
    canvas_set(&canvas, 10, 20, 100);
    canvas_set(&canvas, 511, 0, 255);
    struct moments moments = measure_moments(&plane, 3);
    assert_int_equal(moments.mass, 355);
    assert_int_equal(moments.x, 100 * 21 + 255 * 1023);
    assert_int_equal(moments.y, 100 * 41 + 255);
    canvas_free(&canvas);
}

TEST(moments_of_the_largest_plane_do_not_overflow)
{
    struct canvas canvas = canvas_make(512, 512, 255);
    struct plane plane = canvas_plane(&canvas);
    struct moments moments = measure_moments(&plane, 0);
    assert_true(moments.mass == 255u * 512 * 512);
    assert_true(moments.x == moments.mass * 512 && moments.y == moments.x);
    canvas_free(&canvas);
}

TEST(contrast_is_from_the_lowest_to_the_highest_level)
{
    struct canvas canvas = canvas_make(3, 5, 90);
    struct plane plane = canvas_plane(&canvas);
    assert_int_equal(measure_contrast(&plane), 0);
    canvas_set(&canvas, 2, 4, 255);
    assert_int_equal(measure_contrast(&plane), 165);
    canvas_set(&canvas, 0, 0, 0);
    assert_int_equal(measure_contrast(&plane), 255);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(the_box_is_the_smallest_around_what_is_above_the_background),
          cmocka_unit_test(every_pixel_can_be_the_box),
          cmocka_unit_test(moments_are_sums_by_twice_the_distance_of_the_middle),
          cmocka_unit_test(moments_of_the_largest_plane_do_not_overflow),
          cmocka_unit_test(contrast_is_from_the_lowest_to_the_highest_level))
