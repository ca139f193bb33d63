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

TEST(sixteen_bits_are_as_eight)
{
    assert_int_equal(luma_of_deep(10 * 257, 200 * 257, 77 * 257), 33196); /* 129.168 * 257 */
    assert_int_equal(luma_of_deep(65535, 65535, 65535), 65535);
    for (unsigned background = 0; background <= 65535; background += 65535)
        for (unsigned luma = 0; luma <= 65535; luma += 771)
            for (unsigned alpha = 0; alpha <= 65535; alpha += 257) {
                const int64_t exact = (int64_t)luma * alpha + (int64_t)background * (65535 - alpha);
                const int64_t blended =
                    luma_blend_deep((uint16_t)background, (uint16_t)luma, (uint16_t)alpha);

                assert_true(2 * llabs(65535 * blended - exact) < 65535);
            }
}

TEST_MAIN(cmocka_unit_test(luma_of_grey_is_its_value),
          cmocka_unit_test(luma_of_colours_is_that_of_bt601),
          cmocka_unit_test(luma_blend_rounds_to_nearest),
          cmocka_unit_test(sixteen_bits_are_as_eight))
