#include "trainer/augment/clamp.h"

#include "tests/test.h"
#include "tests/trainer/drawings.h"

TEST(pixels_outside_zero_to_one_are_limited)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 0.25f);
    image[0] = -0.5f;
    image[1] = -0.0f;
    image[2] = 1.0f;
    image[DIGIT_PIXELS - 1] = 1.5f;
    clamp_image(image);
    assert_true(image[0] == 0.0f && image[1] == 0.0f);
    assert_true(image[2] == 1.0f && image[DIGIT_PIXELS - 1] == 1.0f);
    for (size_t i = 3; i < DIGIT_PIXELS - 1; i++)
        assert_true(image[i] == 0.25f);
}

TEST_MAIN(cmocka_unit_test(pixels_outside_zero_to_one_are_limited))
