#include <math.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

#define IMAGES 100

TEST(stripes_invert_seven_columns_at_either_side)
{
    float image[DIGIT_PIXELS];
    struct rng rng = rng_make(1, RNG_CORRUPT, 0);
    drawing_box(image, 5, 0, 22, 27);
    corrupt_stripe(image, &rng);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX;
        assert_true(image[i] == (x <= 4 || x >= 23 || (x >= 7 && x <= 20) ? 1.0f : 0.0f));
    }
}

TEST(a_dotted_line_shows_two_columns_of_four)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = rng_make(1, RNG_CORRUPT, index);
        drawing_fill(image, 0.0f);
        corrupt_dotted_line(image, &rng);
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
            double column = 0.0;
            for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
                column += (double)image[y * DIGIT_SIDE_PX + x];
            if (x % 4 < 2 || x == 27)
                assert_true(column == 0.0);
            else /* the line adds up to about 2 px, less where it is cut off by the border */
                assert_true(column > 0.9 && column < 2.2);
        }
    }
}

TEST(a_level_line_is_bright_on_its_row_and_half_beside_it)
{
    for (uint64_t index = 0;; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = rng_make(1, RNG_CORRUPT, index);
        drawing_fill(image, 0.0f);
        corrupt_dotted_line(image, &rng);
        size_t y = 1;
        while (y < DIGIT_SIDE_PX - 1 &&
               (image[y * DIGIT_SIDE_PX + 2] < 1.0f || image[y * DIGIT_SIDE_PX + 26] < 1.0f))
            y++;
        if (y == DIGIT_SIDE_PX - 1)
            continue; /* not level */
        assert_float_equal(image[(y - 1) * DIGIT_SIDE_PX + 2], 1.0f + logf(1.3f / 2.3f), 1e-5f);
        assert_float_equal(image[(y + 1) * DIGIT_SIDE_PX + 2], 1.0f + logf(1.3f / 2.3f), 1e-5f);
        return;
    }
}

/* Tips lie 2 px to either side of an axis from column 2 to 25 that falls by -5 to 4 rows. */
TEST(a_zigzag_swings_to_both_sides)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = rng_make(1, RNG_CORRUPT, index);
        drawing_fill(image, 0.0f);
        corrupt_zigzag(image, &rng);
        double sum = drawing_sum(image);
        size_t rows = 0;
        for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
            for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
                if (image[y * DIGIT_SIDE_PX + x] > 0.4f) {
                    assert_in_range(x, 1, 26);
                    rows++;
                    break;
                }
        assert_in_range(rows, 2, 14);          /* fewer where the line leaves the image */
        assert_true(sum > 10.0 && sum < 55.0); /* 23 columns of 2 px, less outside the image */
    }
}

TEST_MAIN(cmocka_unit_test(stripes_invert_seven_columns_at_either_side),
          cmocka_unit_test(a_dotted_line_shows_two_columns_of_four),
          cmocka_unit_test(a_level_line_is_bright_on_its_row_and_half_beside_it),
          cmocka_unit_test(a_zigzag_swings_to_both_sides))
