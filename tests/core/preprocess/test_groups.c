#include "core/preprocess/groups.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct groups groups;

/* Finds the groups and frees the canvas. */
static void find(struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&components, &plane);
    groups_find(&groups, &components, &plane);
    canvas_free(canvas);
}

static void assert_groups(size_t count, size_t dropped)
{
    assert_int_equal(groups.count, count);
    assert_int_equal(groups.dropped, dropped);
}

TEST(digits_are_sorted_from_left_to_right)
{
    struct canvas canvas = canvas_make(300, 100, 0);
    canvas_box(&canvas, 200, 20, 10, 50, 255);
    canvas_box(&canvas, 20, 22, 12, 50, 255);
    canvas_box(&canvas, 110, 24, 10, 50, 255);
    find(&canvas);
    assert_groups(3, 0);
    assert_int_equal(groups.items[0].box.left, 20);
    assert_int_equal(groups.items[1].box.left, 110);
    assert_int_equal(groups.items[2].box.left, 200);
    assert_int_equal(groups.main, 0);
    /* Components are in the order of their first rows. */
    assert_int_equal(groups.of_component[0], 2);
    assert_int_equal(groups.of_component[1], 0);
    assert_int_equal(groups.of_component[2], 1);
}

TEST(a_bar_above_its_digit_is_part_of_it)
{
    struct canvas canvas = canvas_make(100, 100, 0);
    canvas_box(&canvas, 40, 15, 30, 5, 255); /* of a five */
    canvas_box(&canvas, 35, 24, 6, 50, 255);
    find(&canvas);
    assert_groups(1, 0);
    assert_int_equal(groups.items[0].box.left, 35);
    assert_int_equal(groups.items[0].box.top, 15);
    assert_int_equal(groups.items[0].box.right, 69);
    assert_int_equal(groups.items[0].box.bottom, 73);
    assert_int_equal(groups.items[0].mass, 255 * (150 + 300));
}

TEST(two_strokes_that_nearly_touch_are_one_digit)
{
    struct canvas canvas = canvas_make(100, 100, 0);
    canvas_box(&canvas, 30, 20, 6, 40, 255); /* of a four */
    canvas_box(&canvas, 40, 20, 6, 60, 255);
    find(&canvas);
    assert_groups(1, 0);
}

TEST(a_small_piece_near_a_digit_belongs_to_it)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 50, 20, 10, 60, 255);
    canvas_box(&canvas, 70, 40, 6, 6, 255); /* 36 of 600 pixels, 10 of 60 px away */
    find(&canvas);
    assert_groups(1, 0);
    assert_int_equal(groups.items[0].box.right, 75);
}

TEST(specks_far_away_or_tiny_are_dropped)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 50, 20, 10, 60, 255);
    canvas_box(&canvas, 120, 40, 6, 6, 255); /* too far */
    canvas_box(&canvas, 63, 40, 4, 4, 255);  /* 16 of 600 */
    find(&canvas);
    assert_groups(1, 2);
    assert_int_equal(groups.items[0].box.right, 59);
    assert_int_equal(groups.of_component[0], 0);
    assert_int_equal(groups.of_component[1], COMPONENT_NONE);
    assert_int_equal(groups.of_component[2], COMPONENT_NONE);
}

TEST(a_piece_belongs_to_the_nearer_digit)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 40, 20, 10, 60, 255);
    canvas_box(&canvas, 75, 20, 10, 60, 255);
    canvas_box(&canvas, 62, 40, 6, 6, 255); /* 12 px from one, 7 px from the other */
    find(&canvas);
    assert_groups(2, 0);
    assert_int_equal(groups.items[1].box.left, 62);
}

TEST(a_printed_box_around_a_digit_is_a_frame)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_frame(&canvas, 40, 40, 110, 110, 3, 255);
    canvas_box(&canvas, 90, 65, 8, 60, 255);
    find(&canvas);
    assert_groups(1, 1);
    assert_int_equal(groups.items[0].box.left, 90);
}

TEST(a_round_zero_is_no_frame)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_frame(&canvas, 60, 40, 70, 110, 8, 255);
    canvas_box(&canvas, 90, 90, 6, 6, 255); /* dirt inside */
    find(&canvas);
    assert_int_equal(groups.count, 1);
    assert_int_equal(groups.items[0].box.left, 60);
}

TEST(what_lies_along_an_edge_is_dropped)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 0, 0, 20, 200, 255);
    canvas_box(&canvas, 100, 60, 10, 70, 255);
    find(&canvas);
    assert_groups(1, 1);
    assert_int_equal(groups.items[0].box.left, 100);
    assert_false(groups.items[0].touches_edge);
}

TEST(a_solid_corner_is_dropped)
{
    struct canvas canvas = canvas_make(200, 200, 0);
    canvas_box(&canvas, 140, 140, 60, 60, 255); /* a thumb */
    canvas_box(&canvas, 80, 50, 10, 70, 255);
    find(&canvas);
    assert_groups(1, 1);
    assert_int_equal(groups.items[0].box.left, 80);
}

TEST(a_digit_alone_may_touch_the_edge)
{
    struct canvas canvas = canvas_make(100, 100, 0);
    canvas_box(&canvas, 40, 30, 8, 70, 255);
    find(&canvas);
    assert_groups(1, 0);
    assert_true(groups.items[0].touches_edge);
}

TEST(even_a_frame_is_a_digit_if_nothing_else_is)
{
    struct canvas canvas = canvas_make(30, 30, 255);
    find(&canvas);
    assert_groups(1, 0);
}

TEST(without_foreground_there_is_no_group)
{
    struct canvas canvas = canvas_make(30, 30, 0);
    struct plane plane = canvas_plane(&canvas);
    components_find(&components, &plane);
    groups_unite(&groups, &components, &plane);
    assert_groups(0, 0);
    find(&canvas);
    assert_groups(0, 0);
}

TEST(uniting_makes_one_group_of_all)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    struct plane plane = canvas_plane(&canvas);
    canvas_box(&canvas, 10, 20, 10, 60, 255);
    canvas_box(&canvas, 150, 10, 10, 60, 255);
    canvas_box(&canvas, 199, 99, 1, 1, 255);
    components_find(&components, &plane);
    groups_unite(&groups, &components, &plane);
    assert_groups(1, 0);
    assert_int_equal(groups.items[0].box.left, 10);
    assert_int_equal(groups.items[0].box.right, 159);
    assert_false(groups.items[0].touches_edge); /* a single pixel is no component */
    canvas_free(&canvas);
}

/* 256 pieces that become one by one part of the same digit. */
TEST(as_many_pieces_as_there_can_be_are_merged)
{
    struct canvas canvas = canvas_make(320, 320, 0);
    for (size_t i = 0; i < COMPONENTS_MAX; i++)
        canvas_box(&canvas, i % 16 * 20 + 1, i / 16 * 20 + 1, 16, 16, 255);
    find(&canvas);
    assert_int_equal(components.count, COMPONENTS_MAX);
    assert_in_range(groups.count, 1, 16);
    uint64_t mass = 0;
    for (size_t i = 0; i < groups.count; i++)
        mass += groups.items[i].mass;
    assert_int_equal(mass, components.mass);
}

TEST_MAIN(cmocka_unit_test(digits_are_sorted_from_left_to_right),
          cmocka_unit_test(a_bar_above_its_digit_is_part_of_it),
          cmocka_unit_test(two_strokes_that_nearly_touch_are_one_digit),
          cmocka_unit_test(a_small_piece_near_a_digit_belongs_to_it),
          cmocka_unit_test(specks_far_away_or_tiny_are_dropped),
          cmocka_unit_test(a_piece_belongs_to_the_nearer_digit),
          cmocka_unit_test(a_printed_box_around_a_digit_is_a_frame),
          cmocka_unit_test(a_round_zero_is_no_frame),
          cmocka_unit_test(what_lies_along_an_edge_is_dropped),
          cmocka_unit_test(a_solid_corner_is_dropped),
          cmocka_unit_test(a_digit_alone_may_touch_the_edge),
          cmocka_unit_test(even_a_frame_is_a_digit_if_nothing_else_is),
          cmocka_unit_test(without_foreground_there_is_no_group),
          cmocka_unit_test(uniting_makes_one_group_of_all),
          cmocka_unit_test(as_many_pieces_as_there_can_be_are_merged))
