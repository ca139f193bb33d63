#include "trainer/eval/naive_pipeline.h"

#include <string.h>

#include "tests/test.h"

#define SIDE_MAX 64

/* A picture of one level. */
struct drawn {
    uint8_t levels[SIDE_MAX * SIDE_MAX];
    struct digit_image image;
};

static void draw(struct drawn *out, size_t width_px, size_t height_px, uint8_t level)
{
    memset(out, 0, sizeof *out);
    memset(out->levels, level, sizeof out->levels);
    out->image = (struct digit_image){
        .luma = out->levels, .width_px = width_px, .height_px = height_px, .block_px = 1};
}

/* A rectangle from (left, top) to (right, bottom), the last ones exclusive. */
static void fill(struct drawn *drawn, size_t left, size_t top, size_t right, size_t bottom,
                 uint8_t level)
{
    for (size_t y = top; y < bottom; y++)
        memset(drawn->levels + y * drawn->image.width_px + left, level, right - left);
}

static void assert_box(const uint8_t image[DIGIT_PIXELS], size_t left, size_t top, size_t right,
                       size_t bottom)
{
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
            bool inside = x >= left && x < right && y >= top && y < bottom;
            assert_int_equal(image[y * DIGIT_SIDE_PX + x], inside ? 255 : 0);
        }
}

TEST(a_box_becomes_20_px_high_in_the_middle)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 60, 50, 230);
    fill(&drawn, 40, 3, 50, 43, 30);
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 12, 4, 17, 24); /* 5 px wide: the centre of mass is half a pixel off */
}

TEST(a_small_box_is_enlarged)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 20, 20, 0);
    fill(&drawn, 2, 9, 10, 13, 200);
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 4, 9, 24, 19);
}

TEST(polarity_is_that_of_the_border)
{
    struct drawn drawn;
    uint8_t light[DIGIT_PIXELS], dark[DIGIT_PIXELS];
    draw(&drawn, 40, 40, 60);
    fill(&drawn, 4, 4, 36, 36, 200); /* more of it than of its background */
    assert_true(naive_pipeline_normalise(light, &drawn.image));
    draw(&drawn, 40, 40, 200);
    fill(&drawn, 4, 4, 36, 36, 60);
    assert_true(naive_pipeline_normalise(dark, &drawn.image));
    assert_box(light, 4, 4, 24, 24);
    assert_memory_equal(light, dark, DIGIT_PIXELS);
}

TEST(a_frame_that_ink_crosses_keeps_its_polarity)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 16, 16, 0);
    fill(&drawn, 6, 0, 10, 16, 255); /* 8 of the 60 outermost pixels */
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 12, 4, 17, 24);
}

/* 21 px become 20: each pixel of the result is 1.05 of the picture's. */
TEST(pixels_are_shares_of_area)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 30, 30, 255);
    fill(&drawn, 5, 5, 26, 26, 0);
    fill(&drawn, 6, 5, 26, 6, 255); /* only the first column is left of the first row */
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    size_t first = 4 * DIGIT_SIDE_PX + 4;
    assert_int_equal(image[first], 243);    /* all but 0.05 x 1 of 1.05 x 1.05 px */
    assert_int_equal(image[first + 1], 12); /* 1.05 x 0.05 px, of the second row */
    assert_int_equal(image[first + DIGIT_SIDE_PX + 1], 255);
}

/* The background is the border's median, 40, and the ink's extreme is 240. */
TEST(levels_are_stretched_from_the_background_to_the_ink)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 40, 40, 40);
    fill(&drawn, 10, 10, 30, 30, 240);
    fill(&drawn, 11, 11, 12, 12, 60);  /* on the background's side of the threshold */
    fill(&drawn, 12, 11, 13, 12, 190); /* on the ink's */
    fill(&drawn, 13, 11, 14, 12, 20);  /* darker than the background */
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    size_t first = 5 * DIGIT_SIDE_PX + 5;
    assert_int_equal(image[first - 1], 255);
    assert_int_equal(image[first], 26);      /* 255 * 20 / 200, rounded */
    assert_int_equal(image[first + 1], 191); /* 255 * 150 / 200, rounded */
    assert_int_equal(image[first + 2], 0);
}

TEST(the_centre_of_mass_is_in_the_middle_but_the_digit_within_the_image)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 40, 40, 0);
    fill(&drawn, 10, 10, 30, 14, 255);
    fill(&drawn, 10, 14, 12, 30,
         255); /* a corner: its centre of mass is above and left of the box's */
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    /* Mass 80 + 32; x (80 * 10 + 32 * 1) / 112 = 7.43, y (80 * 2 + 32 * 12) / 112 = 4.86; 9.14 is too far
     * down for a box of 20 px. */
    assert_int_equal(image[8 * DIGIT_SIDE_PX + 7], 255);
    assert_int_equal(image[8 * DIGIT_SIDE_PX + 6], 0);
    assert_int_equal(image[7 * DIGIT_SIDE_PX + 7], 0);
    assert_int_equal(image[27 * DIGIT_SIDE_PX + 7], 255);
}

TEST(blocks_of_a_reduced_picture_are_its_pixels)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 30, 30, 250);
    fill(&drawn, 10, 5, 20, 25, 10);
    drawn.image.width_px = 89; /* 30 blocks of 3 px, the last of them of 2 */
    drawn.image.height_px = 90;
    drawn.image.block_px = 3;
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 9, 4, 19, 24);
}

TEST(pictures_of_one_level_have_no_ink)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    for (size_t side = 1; side <= 3; side++) {
        draw(&drawn, side, side, 255);
        assert_false(naive_pipeline_normalise(image, &drawn.image));
        assert_box(image, 0, 0, 0, 0);
    }
}

TEST(the_smallest_pictures_with_ink_are_normalised)
{
    struct drawn drawn;
    uint8_t image[DIGIT_PIXELS];
    draw(&drawn, 2, 1, 9);
    drawn.levels[0] = 8;
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 4, 4, 24, 24);
    draw(&drawn, 1, SIDE_MAX, 9);
    drawn.levels[7] = 200;
    assert_true(naive_pipeline_normalise(image, &drawn.image));
    assert_box(image, 4, 4, 24, 24);
}

TEST_MAIN(cmocka_unit_test(a_box_becomes_20_px_high_in_the_middle),
          cmocka_unit_test(a_small_box_is_enlarged),
          cmocka_unit_test(polarity_is_that_of_the_border),
          cmocka_unit_test(a_frame_that_ink_crosses_keeps_its_polarity),
          cmocka_unit_test(pixels_are_shares_of_area),
          cmocka_unit_test(levels_are_stretched_from_the_background_to_the_ink),
          cmocka_unit_test(the_centre_of_mass_is_in_the_middle_but_the_digit_within_the_image),
          cmocka_unit_test(blocks_of_a_reduced_picture_are_its_pixels),
          cmocka_unit_test(pictures_of_one_level_have_no_ink),
          cmocka_unit_test(the_smallest_pictures_with_ink_are_normalised))
