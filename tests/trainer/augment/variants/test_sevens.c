#include <string.h>

#include "tests/trainer/augment/variants/variant_drawings.h"
#include "tests/trainer/drawings.h"
#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/variants/kinds.h"

#include "tests/test.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 400

static void draw_seven(uint8_t out[DIGIT_PIXELS])
{
    float image[DIGIT_PIXELS], normalised[DIGIT_PIXELS];
    drawing_seven(image);
    mnist_normalise(normalised, image, SIDE, SIDE);
    mnist_normalise_bytes(out, normalised);
}

/* Rows in the middle become wider. */
TEST(a_seven_gets_a_bar_through_its_stem)
{
    uint8_t seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    draw_seven(seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        assert_true(draw_variant(out, seven, 7, index));
        assert_true(sum_of(out) > sum_of(seven) + 2 * 255);
        size_t widest = 0;
        for (size_t y = 10; y < 20; y++)
            widest = row_width(out + y * SIDE) > widest ? row_width(out + y * SIDE) : widest;
        assert_in_range(widest, 6, 16); /* 0.3 to 0.55 of 20 px, and the pen's width */
    }
}

TEST(a_seven_with_a_bar_has_no_variant)
{
    float image[DIGIT_PIXELS];
    uint8_t seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    drawing_seven(image);
    pen_line(image, (struct pen_point){9, 14}, (struct pen_point){21, 14},
             &(struct pen){1.5f, 1.0f});
    mnist_normalise_bytes(seven, image);
    for (uint64_t index = 0; index < 20; index++)
        assert_false(draw_variant(out, seven, 7, index));
}

TEST(a_blank_seven_has_no_variant)
{
    uint8_t blank[DIGIT_PIXELS] = {0}, out[DIGIT_PIXELS];
    assert_false(draw_variant(out, blank, 7, 0));
}

TEST_MAIN(cmocka_unit_test(a_seven_gets_a_bar_through_its_stem),
          cmocka_unit_test(a_seven_with_a_bar_has_no_variant),
          cmocka_unit_test(a_blank_seven_has_no_variant))
