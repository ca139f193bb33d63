#include <stdbool.h>
#include <string.h>

#include "core/preprocess/frame.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

#define BOX_PX     20
#define BOX_PIXELS 400

static void frame(uint8_t out[DIGIT_PIXELS], const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    memset(out, 77, DIGIT_PIXELS);
    frame_digit(out, &plane);
}

/* A level from 60 to 255 that depends on the place: all of it is foreground. */
static uint8_t pattern(size_t x, size_t y)
{
    return (uint8_t)(x == 7 && y == 3 ? 255 : 60 + (x * 31 + y * 17) % 190);
}

/* MNIST's rule by the book: the 20x20 box goes to int(15 - b), b the centre of mass, as far as it
 * stays inside. */
static int offset_of(const uint8_t box[BOX_PIXELS], bool across)
{
    double mass = 0, moment = 0;
    for (int i = 0; i < BOX_PIXELS; i++) {
        mass += box[i];
        moment += box[i] * ((across ? i % BOX_PX : i / BOX_PX) + 0.5);
    }
    int offset = (int)(15 - moment / mass);
    return offset > DIGIT_SIDE_PX - BOX_PX ? DIGIT_SIDE_PX - BOX_PX : offset;
}

static void assert_box_at_its_offset(const uint8_t out[DIGIT_PIXELS], const uint8_t box[BOX_PIXELS])
{
    int left = offset_of(box, true);
    int top = offset_of(box, false);
    for (int y = 0; y < DIGIT_SIDE_PX; y++)
        for (int x = 0; x < DIGIT_SIDE_PX; x++) {
            bool inside = x >= left && x < left + BOX_PX && y >= top && y < top + BOX_PX;
            assert_int_equal(out[y * DIGIT_SIDE_PX + x],
                             inside ? box[(y - top) * BOX_PX + x - left] : 0);
        }
}

TEST(foreground_of_20x20_is_copied_to_mnists_offset)
{
    struct canvas canvas = canvas_make(50, 40, 0);
    uint8_t out[DIGIT_PIXELS], box[BOX_PIXELS];
    for (size_t i = 0; i < BOX_PIXELS; i++) {
        box[i] = pattern(i % BOX_PX, i / BOX_PX);
        canvas_set(&canvas, 3 + i % BOX_PX, 17 + i / BOX_PX, box[i]);
    }
    frame(out, &canvas);
    assert_box_at_its_offset(out, box);
    canvas_free(&canvas);
}

TEST(pixels_are_repeated_where_the_foreground_grows)
{
    struct canvas canvas = canvas_make(16, 14, 0);
    uint8_t out[DIGIT_PIXELS], box[BOX_PIXELS];
    for (size_t i = 0; i < 100; i++)
        canvas_set(&canvas, 5 + i % 10, 2 + i / 10, pattern(i % 10, i / 10));
    for (size_t i = 0; i < BOX_PIXELS; i++)
        box[i] = pattern(i % BOX_PX / 2, i / BOX_PX / 2);
    frame(out, &canvas);
    assert_box_at_its_offset(out, box);
    canvas_free(&canvas);
}

/* The crop's level at a point in 1/20 px, 0 outside. */
static double level_at(const struct canvas *canvas, long left, long top, size_t x, size_t y)
{
    long column = left + (long)(x / BOX_PX), row = top + (long)(y / BOX_PX);
    bool inside =
        column >= 0 && row >= 0 && column < (long)canvas->width_px && row < (long)canvas->height_px;
    return inside ? canvas_at(canvas, (size_t)column, (size_t)row) : 0;
}

/* The box by plain means over areas: each pixel is 20x20 points, each cell side x side of them. */
static void slow_box(uint8_t box[BOX_PIXELS], const struct canvas *canvas, long left, long top,
                     size_t side_px)
{
    double sums[BOX_PIXELS] = {0}, peak = 0;
    for (size_t y = 0; y < BOX_PX * side_px; y++)
        for (size_t x = 0; x < BOX_PX * side_px; x++)
            sums[y / side_px * BOX_PX + x / side_px] += level_at(canvas, left, top, x, y);
    for (size_t i = 0; i < BOX_PIXELS; i++)
        peak = sums[i] > peak ? sums[i] : peak;
    for (size_t i = 0; i < BOX_PIXELS; i++)
        box[i] = (uint8_t)(sums[i] * 255 / peak + 0.5);
}

/* A plane that is all foreground; the corners, which decide its box, are above 0. */
static void assert_as_slow(size_t width_px, size_t height_px)
{
    struct canvas canvas = canvas_make(width_px, height_px, 128);
    uint8_t out[DIGIT_PIXELS], box[BOX_PIXELS];
    size_t side_px = width_px > height_px ? width_px : height_px;
    canvas_noise(&canvas, 120, width_px * 1000 + height_px);
    slow_box(box, &canvas, -(long)(side_px - width_px) / 2, -(long)(side_px - height_px) / 2,
             side_px);
    frame(out, &canvas);
    assert_box_at_its_offset(out, box);
    canvas_free(&canvas);
}

TEST(cells_are_means_over_areas)
{
    assert_as_slow(1, 1);
    assert_as_slow(1, 2);
    assert_as_slow(3, 7);
    assert_as_slow(19, 20);
    assert_as_slow(21, 8);
    assert_as_slow(33, 32);
    assert_as_slow(64, 47);
    assert_as_slow(101, 192);
}

TEST(the_largest_plane_does_not_overflow)
{
    struct canvas canvas = canvas_make(512, 512, 255);
    uint8_t out[DIGIT_PIXELS];
    frame(out, &canvas);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX;
        assert_int_equal(out[i], x >= 5 && x < 25 && y >= 5 && y < 25 ? 255 : 0);
    }
    canvas_free(&canvas);
}

/* A bar of 10 by 60 becomes 3 1/3 by 20, which lies in four columns. */
TEST(a_narrow_foreground_keeps_its_aspect)
{
    struct canvas canvas = canvas_make(64, 64, 0);
    uint8_t out[DIGIT_PIXELS];
    size_t columns = 0, rows = 0;
    canvas_box(&canvas, 40, 2, 10, 60, 255);
    frame(out, &canvas);
    for (size_t i = 0; i < DIGIT_SIDE_PX; i++) {
        columns += out[14 * DIGIT_SIDE_PX + i] != 0;
        rows += out[i * DIGIT_SIDE_PX + 14] != 0;
    }
    assert_int_equal(columns, 4);
    assert_int_equal(rows, 20);
    canvas_free(&canvas);
}

TEST(a_pale_foreground_becomes_255)
{
    struct canvas canvas = canvas_make(30, 30, 0);
    uint8_t out[DIGIT_PIXELS];
    canvas_box(&canvas, 5, 5, 10, 20, 30);
    canvas_box(&canvas, 5, 5, 10, 10, 15);
    frame(out, &canvas);
    assert_int_equal(out[20 * DIGIT_SIDE_PX + 14], 255);
    assert_int_equal(out[6 * DIGIT_SIDE_PX + 14], 128);
    canvas_free(&canvas);
}

/* Nearly all mass in one corner of the box: int(15 - b) would put 20 columns at 14. */
TEST(a_lopsided_foreground_stays_inside)
{
    struct canvas canvas = canvas_make(40, 40, 0);
    uint8_t out[DIGIT_PIXELS];
    canvas_box(&canvas, 10, 10, 2, 2, 255);
    canvas_set(&canvas, 29, 29, 100);
    frame(out, &canvas);
    assert_int_equal(out[8 * DIGIT_SIDE_PX + 8], 255);
    assert_int_equal(out[27 * DIGIT_SIDE_PX + 27], 100);
    canvas_free(&canvas);
}

TEST(a_plane_without_foreground_is_blank)
{
    static const uint8_t blank[DIGIT_PIXELS];
    struct canvas canvas = canvas_make(9, 4, 0);
    uint8_t out[DIGIT_PIXELS];
    frame(out, &canvas);
    assert_memory_equal(out, blank, DIGIT_PIXELS);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(foreground_of_20x20_is_copied_to_mnists_offset),
          cmocka_unit_test(pixels_are_repeated_where_the_foreground_grows),
          cmocka_unit_test(cells_are_means_over_areas),
          cmocka_unit_test(the_largest_plane_does_not_overflow),
          cmocka_unit_test(a_narrow_foreground_keeps_its_aspect),
          cmocka_unit_test(a_pale_foreground_becomes_255),
          cmocka_unit_test(a_lopsided_foreground_stays_inside),
          cmocka_unit_test(a_plane_without_foreground_is_blank))
