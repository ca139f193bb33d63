#include "trainer/report/sheet.h"

#include "tests/test.h"

static const struct sheet_layout LAYOUT = {
    .tile_count = 5,
    .columns_max = 3,
    .tile_width_px = 10,
    .tile_height_px = 20,
    .gap_px = 4,
};

TEST(tiles_fill_rows_from_the_top_left)
{
    static const struct sheet_place expected[] = {{4, 4}, {18, 4}, {32, 4}, {4, 28}, {18, 28}};
    for (size_t i = 0; i < LAYOUT.tile_count; i++) {
        struct sheet_place place = sheet_place_of(&LAYOUT, i);
        assert_int_equal(place.left_px, expected[i].left_px);
        assert_int_equal(place.top_px, expected[i].top_px);
    }
}

static void assert_size(const struct sheet_layout *layout, size_t width_px, size_t height_px)
{
    struct png_picture sheet;
    assert_int_equal(sheet_init(&sheet, PNG_PICTURE_GREY, layout, NULL), DIGIT_OK);
    assert_int_equal(sheet.width_px, width_px);
    assert_int_equal(sheet.height_px, height_px);
    png_picture_release(&sheet);
}

TEST(a_sheet_is_as_large_as_its_tiles_and_gaps)
{
    struct sheet_layout layout = LAYOUT;
    assert_size(&layout, 3 * 14 + 4, 2 * 24 + 4);
    layout.tile_count = 3;
    assert_size(&layout, 3 * 14 + 4, 24 + 4);
    layout.tile_count = 1;
    assert_size(&layout, 14 + 4, 24 + 4);
}

TEST_MAIN(cmocka_unit_test(tiles_fill_rows_from_the_top_left),
          cmocka_unit_test(a_sheet_is_as_large_as_its_tiles_and_gaps))
