#include <string.h>

#include "core/preprocess/crop.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct groups groups;
static uint8_t pixels[CROP_PIXELS_MAX];
static uint16_t sums[CROP_PIXELS_MAX];

/* Crops the group with the most foreground; what was in the memory before does not matter. */
static struct crop take_crop(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    struct crop crop = {.plane = {.pixels = pixels}, .sums = sums};
    memset(pixels, 99, sizeof pixels);
    memset(sums, 99, sizeof sums);
    components_find(&components, &plane);
    groups_find(&groups, &components, &plane);
    crop_take(&crop, &plane, &components, &groups, groups.main);
    return crop;
}

static uint8_t at(const struct crop *crop, size_t x, size_t y)
{
    return pixels[y * crop->plane.width_px + x];
}

TEST(foreground_is_copied_with_a_margin_of_a_tenth)
{
    struct canvas canvas = canvas_make(90, 90, 0);
    canvas_box(&canvas, 30, 20, 15, 41, 100);
    canvas_box(&canvas, 33, 22, 5, 20, 255);
    struct crop crop = take_crop(&canvas);
    assert_int_equal(crop.side_px, 41);
    assert_int_equal(crop.margin_px, 5);
    assert_int_equal(crop.plane.width_px, 15 + 10);
    assert_int_equal(crop.plane.height_px, 41 + 10);
    for (size_t y = 0; y < 51; y++)
        for (size_t x = 0; x < 25; x++)
            assert_int_equal(at(&crop, x, y), canvas_at(&canvas, 30 - 5 + x, 20 - 5 + y));
    canvas_free(&canvas);
}

TEST(foreground_of_other_groups_is_not_taken)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 40, 10, 8, 60, 255); /* the hook of a large digit */
    canvas_box(&canvas, 40, 62, 60, 8, 255);
    canvas_box(&canvas, 75, 40, 3, 3, 255); /* dirt within its box */
    struct crop crop = take_crop(&canvas);
    assert_int_equal(groups.dropped, 1);
    assert_int_equal(at(&crop, crop.margin_px + 36, crop.margin_px + 31), 0);
    assert_int_equal(at(&crop, crop.margin_px + 36, crop.margin_px + 53), 255);
    canvas_free(&canvas);
}

TEST(a_digit_of_up_to_160_px_keeps_its_pixels)
{
    struct canvas canvas = canvas_make(300, 300, 0);
    canvas_box(&canvas, 100, 70, 20, 160, 255);
    assert_int_equal(take_crop(&canvas).side_px, 160);
    canvas_box(&canvas, 100, 70, 20, 161, 255);
    assert_int_equal(take_crop(&canvas).side_px, 81);
    canvas_free(&canvas);
}

TEST(a_larger_digit_becomes_means)
{
    struct canvas canvas = canvas_make(400, 400, 0);
    canvas_box(&canvas, 101, 50, 31, 300, 200);
    canvas_set(&canvas, 103, 52, 10);
    struct crop crop = take_crop(&canvas);
    assert_int_equal(crop.side_px, 150);
    assert_int_equal(crop.plane.width_px, 16 + 2 * 15);
    assert_int_equal(at(&crop, 15, 15), 200);
    assert_int_equal(at(&crop, 16, 16), (3 * 200 + 10) / 4);
    assert_int_equal(at(&crop, 30, 100), 100); /* half of it is foreground */
    assert_int_equal(at(&crop, 31, 100), 0);
    canvas_free(&canvas);
}

TEST(the_largest_digit_fits)
{
    struct canvas canvas = canvas_make(512, 512, 255);
    struct crop crop = take_crop(&canvas);
    assert_int_equal(crop.side_px, 128);
    assert_int_equal(at(&crop, 12, 12), 0);
    assert_int_equal(at(&crop, 13, 13), 255);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(foreground_is_copied_with_a_margin_of_a_tenth),
          cmocka_unit_test(foreground_of_other_groups_is_not_taken),
          cmocka_unit_test(a_digit_of_up_to_160_px_keeps_its_pixels),
          cmocka_unit_test(a_larger_digit_becomes_means), cmocka_unit_test(the_largest_digit_fits))
