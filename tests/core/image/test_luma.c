#include "core/image/luma.h"

#include <stdlib.h>

#include "tests/test.h"

TEST(luma_of_grey_is_its_value)
{
    for (unsigned grey = 0; grey <= 255; grey++)
        assert_int_equal(luma_of((uint8_t)grey, (uint8_t)grey, (uint8_t)grey), grey);
}

TEST(luma_of_colours_is_that_of_bt601)
{
    assert_int_equal(luma_of(255, 0, 0), 76);    /* 76.245 */
    assert_int_equal(luma_of(0, 255, 0), 150);   /* 149.685 */
    assert_int_equal(luma_of(0, 0, 255), 29);    /* 29.07 */
    assert_int_equal(luma_of(10, 200, 77), 129); /* 129.168 */
}

TEST(luma_blend_rounds_to_nearest)
{
    for (int background = 0; background <= 255; background += 255)
        for (int luma = 0; luma <= 255; luma++)
            for (int alpha = 0; alpha <= 255; alpha++) {
                const int exact_times_255 = luma * alpha + background * (255 - alpha);
                const int blended = luma_blend((uint8_t)background, (uint8_t)luma, (uint8_t)alpha);

                assert_true(2 * abs(255 * blended - exact_times_255) < 255);
            }
}

TEST_MAIN(cmocka_unit_test(luma_of_grey_is_its_value),
          cmocka_unit_test(luma_of_colours_is_that_of_bt601),
          cmocka_unit_test(luma_blend_rounds_to_nearest))
