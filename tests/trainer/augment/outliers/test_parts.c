#include <string.h>

#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

#define SIDE DIGIT_SIDE_PX

/* Two images, of which the second must not be used. */
static uint8_t images[2 * DIGIT_PIXELS];
static uint8_t labels[2] = {3, 0};
static const uint32_t first = 0;
static const struct outlier_digits digits = {images, labels, &first, 1};

/* Makes the first image a frame from (4, 4) to (23, 23), 3 px wide, with a mark in the upper left
 * quarter, and the second one white. */
static void make_frame(void)
{
    memset(images, 255, sizeof images);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % SIDE, y = i / SIDE;
        bool outside = x < 4 || x > 23 || y < 4 || y > 23;
        bool inside = x > 6 && x < 21 && y > 6 && y < 21;
        bool is_mark = x > 8 && x < 12 && y > 8 && y < 12;
        images[i] = outside || (inside && !is_mark) ? 0 : 255;
    }
}

/* Of a 3, the lower half (20x10 px) or the left half (10x20 px) is used; normalisation keeps their
 * size. Four of the six halves that may be drawn need another label: there a pair is drawn instead,
 * which is wide, too. */
TEST(halves_are_normalised)
{
    size_t wide = 0;
    make_frame();
    for (uint64_t index = 0; index < 200; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_half, &digits, index);
        assert_normalised(image);
        if (width_of(image) == 20 && height_of(image) < 14)
            wide++;
        else
            assert_true(height_of(image) == 20 && width_of(image) < 14);
    }
    assert_in_range(wide, 167 - 21, 167 + 21); /* four deviations of 5.3 */
}

TEST(digits_without_a_suitable_half_become_pairs)
{
    make_frame();
    labels[0] = 7;
    for (uint64_t index = 0; index < 50; index++) {
        float half[DIGIT_PIXELS];
        draw(half, outlier_half, &digits, index);
        assert_in_range(width_of(half), 19, 20);
        assert_in_range(height_of(half), 9, 12);
    }
    labels[0] = 3;
}

/* Pairs of 37 to 43 by 20 px become 20 by 11 to 9 px. */
TEST(pairs_are_reduced_to_the_box)
{
    make_frame();
    for (uint64_t index = 0; index < 50; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_pair, &digits, index);
        assert_normalised(image);
        assert_in_range(height_of(image), 9, 12);
    }
}

/* Digits that fill the whole image make the widest pair. */
TEST(the_widest_pair_fits)
{
    memset(images, 255, sizeof images);
    for (uint64_t index = 0; index < 50; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_pair, &digits, index);
        assert_in_range(width_of(image), 19, 20);
        assert_in_range(height_of(image), 9, 13);
    }
}

/* The mark appears in any quarter but its own. */
TEST(every_quarter_is_moved)
{
    size_t found[4] = {0};
    memset(images, 0, sizeof images);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        images[i] = i % SIDE >= 4 && i % SIDE < 24 && i / SIDE >= 4 && i / SIDE < 24 ? 60 : 0;
    for (size_t y = 8; y < 11; y++)
        memset(images + y * SIDE + 8, 255, 3);
    for (uint64_t index = 0; index < 300; index++) {
        float image[DIGIT_PIXELS];
        size_t brightest = 0;
        draw(image, outlier_jigsaw, &digits, index);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            brightest = image[i] > image[brightest] ? i : brightest;
        found[brightest / SIDE / 14 * 2 + brightest % SIDE / 14]++;
    }
    assert_int_equal(found[0], 0);
    for (size_t i = 1; i < 4; i++)
        assert_in_range(found[i], 100 - 33, 100 + 33); /* four deviations of 8.2 */
}

TEST_MAIN(cmocka_unit_test(halves_are_normalised),
          cmocka_unit_test(digits_without_a_suitable_half_become_pairs),
          cmocka_unit_test(pairs_are_reduced_to_the_box), cmocka_unit_test(the_widest_pair_fits),
          cmocka_unit_test(every_quarter_is_moved))
