#include "trainer/augment/distort/brightness.h"

#include "tests/test.h"
#include "tests/trainer/drawings.h"

TEST(the_brightest_pixel_is_found)
{
    float image[DIGIT_PIXELS] = {0};
    assert_true(brightest_pixel(image) == 0.0f);
    image[DIGIT_PIXELS - 1] = 0.25f;
    image[3] = 0.125f;
    assert_true(brightest_pixel(image) == 0.25f);
}

TEST(all_pixels_are_scaled_to_the_peak)
{
    float image[DIGIT_PIXELS] = {0};
    image[7] = 0.5f;
    image[8] = 0.25f;
    restore_brightness(image, 1.0f);
    assert_true(image[7] == 1.0f && image[8] == 0.5f && image[9] == 0.0f);
    drawing_fill(image, 0.0f);
    restore_brightness(image, 1.0f);
    assert_true(brightest_pixel(image) == 0.0f);
}

TEST_MAIN(cmocka_unit_test(the_brightest_pixel_is_found),
          cmocka_unit_test(all_pixels_are_scaled_to_the_peak))
