#include "trainer/augment/topology.h"

#include "tests/test.h"
#include "tests/trainer/drawings.h"
#include "trainer/augment/pen.h"

static const struct pen PEN = {1.0f, 1.0f};

static void draw_rectangle(float image[DIGIT_PIXELS], float left, float top, float right,
                           float bottom)
{
    pen_line(image, (struct pen_point){left, top}, (struct pen_point){right, top}, &PEN);
    pen_line(image, (struct pen_point){right, top}, (struct pen_point){right, bottom}, &PEN);
    pen_line(image, (struct pen_point){right, bottom}, (struct pen_point){left, bottom}, &PEN);
    pen_line(image, (struct pen_point){left, bottom}, (struct pen_point){left, top}, &PEN);
}

static void check(const float image[DIGIT_PIXELS], size_t strokes, size_t holes, size_t pixels)
{
    struct topology found = topology_of(image);
    assert_int_equal(found.strokes, strokes);
    assert_int_equal(found.holes, holes);
    assert_int_equal(found.hole_pixels, pixels);
    assert_int_equal(found.hole_top == DIGIT_PIXELS, holes == 0);
}

TEST(a_blank_image_and_a_full_one_have_no_hole)
{
    float image[DIGIT_PIXELS] = {0};
    check(image, 0, 0, 0);
    drawing_fill(image, 0.5f);
    check(image, 1, 0, 0);
    drawing_fill(image, 0.49f);
    check(image, 0, 0, 0);
}

/* Lines 2 px wide: inside lie the places from 5 + 1.5 on. */
TEST(an_eight_has_two_holes)
{
    float image[DIGIT_PIXELS] = {0};
    draw_rectangle(image, 5, 3, 15, 11);
    check(image, 1, 1, 7 * 5);
    assert_int_equal(topology_of(image).hole_top, 5 * DIGIT_SIDE_PX + 7);
    draw_rectangle(image, 5, 11, 15, 21);
    check(image, 1, 2, 7 * 5 + 7 * 7);
    assert_int_equal(topology_of(image).hole_top, 5 * DIGIT_SIDE_PX + 7);
}

TEST(a_ring_with_a_gap_has_no_hole)
{
    float image[DIGIT_PIXELS] = {0};
    draw_rectangle(image, 5, 3, 15, 11);
    for (size_t y = 0; y < 7; y++)
        image[y * DIGIT_SIDE_PX + 10] = 0.0f;
    check(image, 1, 0, 0);
}

/* A diagonal of single pixels is one stroke and separates what lies beside it. */
TEST(strokes_join_at_corners_and_holes_do_not)
{
    float image[DIGIT_PIXELS] = {0};
    static const size_t DIAMOND[4][2] = {{10, 9}, {9, 10}, {11, 10}, {10, 11}};
    for (size_t i = 0; i < 4; i++)
        image[DIAMOND[i][1] * DIGIT_SIDE_PX + DIAMOND[i][0]] = 1.0f;
    check(image, 1, 1, 1);
    image[20 * DIGIT_SIDE_PX + 20] = 1.0f;
    check(image, 2, 1, 1);
}

TEST(a_frame_at_the_border_has_a_hole)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 1.0f);
    for (size_t y = 1; y < DIGIT_SIDE_PX - 1; y++)
        for (size_t x = 1; x < DIGIT_SIDE_PX - 1; x++)
            image[y * DIGIT_SIDE_PX + x] = 0.0f;
    check(image, 1, 1, 26 * 26);
    image[5 * DIGIT_SIDE_PX] = 0.0f;
    check(image, 1, 0, 0);
}

TEST_MAIN(cmocka_unit_test(a_blank_image_and_a_full_one_have_no_hole),
          cmocka_unit_test(an_eight_has_two_holes), cmocka_unit_test(a_ring_with_a_gap_has_no_hole),
          cmocka_unit_test(strokes_join_at_corners_and_holes_do_not),
          cmocka_unit_test(a_frame_at_the_border_has_a_hole))
