#include "core/image/raster.h"

#include "tests/test.h"

TEST(raster_grey_keeps_its_values)
{
    uint8_t samples[3 * 256];
    struct raster raster = {.width_px = 256, .height_px = 1, .channels = 3, .samples = samples};

    for (int i = 0; i < 3 * 256; i++)
        samples[i] = (uint8_t)(i / 3);
    raster_to_luma(&raster);
    assert_int_equal(raster.channels, 1);
    for (int i = 0; i < 256; i++)
        assert_int_equal(samples[i], i);
}

TEST(raster_colours_become_bt601_luma)
{
    uint8_t samples[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 200, 77};
    struct raster raster = {.width_px = 2, .height_px = 2, .channels = 3, .samples = samples};

    raster_to_luma(&raster);
    assert_int_equal(samples[0], 76);  /* 76.245 */
    assert_int_equal(samples[1], 150); /* 149.685 */
    assert_int_equal(samples[2], 29);  /* 29.07 */
    assert_int_equal(samples[3], 129); /* 129.168 */
}

TEST(raster_dark_strokes_lie_on_white)
{
    uint8_t samples[] = {127, 255, 99, 0, 127, 255, 50, 0};
    struct raster raster = {.width_px = 4, .height_px = 1, .channels = 2, .samples = samples};

    raster_to_luma(&raster);
    assert_int_equal(samples[0], 127);
    assert_int_equal(samples[1], 255);
    assert_int_equal(samples[3], 255);
}

TEST(raster_light_strokes_lie_on_black)
{
    uint8_t samples[] = {128, 128, 128, 255, 0, 0, 0, 0};
    struct raster raster = {.width_px = 2, .height_px = 1, .channels = 4, .samples = samples};

    raster_to_luma(&raster);
    assert_int_equal(samples[0], 128);
    assert_int_equal(samples[1], 0);
}

TEST(raster_half_transparent_pixels_are_mixed)
{
    uint8_t samples[] = {100, 51, 0, 0};
    struct raster raster = {.width_px = 2, .height_px = 1, .channels = 2, .samples = samples};

    raster_to_luma(&raster);
    assert_int_equal(samples[0], 224); /* 100 * 0.2 + 255 * 0.8 */
}

TEST(raster_without_an_opaque_pixel_is_black)
{
    uint8_t samples[] = {255, 0, 7, 0};
    struct raster raster = {.width_px = 1, .height_px = 2, .channels = 2, .samples = samples};

    raster_to_luma(&raster);
    assert_int_equal(samples[0], 0);
    assert_int_equal(samples[1], 0);
}

TEST_MAIN(cmocka_unit_test(raster_grey_keeps_its_values),
          cmocka_unit_test(raster_colours_become_bt601_luma),
          cmocka_unit_test(raster_dark_strokes_lie_on_white),
          cmocka_unit_test(raster_light_strokes_lie_on_black),
          cmocka_unit_test(raster_half_transparent_pixels_are_mixed),
          cmocka_unit_test(raster_without_an_opaque_pixel_is_black))
