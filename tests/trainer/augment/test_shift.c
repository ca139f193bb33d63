#include "trainer/augment/shift.h"

#include <math.h>
#include <stdbool.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"

TEST(a_dot_is_shifted_to_its_new_place)
{
    float image[DIGIT_PIXELS], out[DIGIT_PIXELS];
    drawing_dot(image, 10, 5);
    shift_image(out, image, 3, -2);
    assert_true(out[7 * DIGIT_SIDE_PX + 7] == 1.0f && drawing_sum(out) == 1.0);
    shift_image(out, image, -17, 5);
    assert_true(out[0 * DIGIT_SIDE_PX + 27] == 1.0f && drawing_sum(out) == 1.0);
}

TEST(pixels_from_outside_are_background)
{
    float image[DIGIT_PIXELS], out[DIGIT_PIXELS];
    drawing_fill(image, 1.0f);
    shift_image(out, image, 5, 0);
    assert_true(drawing_sum(out) == 23.0 * 28.0 && out[23] == 0.0f && out[22] == 1.0f);
    shift_image(out, image, 0, -27);
    assert_true(drawing_sum(out) == 28.0);
    shift_image(out, image, 28, 40);
    assert_true(drawing_sum(out) == 0.0);
}

TEST_MAIN(cmocka_unit_test(a_dot_is_shifted_to_its_new_place),
          cmocka_unit_test(pixels_from_outside_are_background))
