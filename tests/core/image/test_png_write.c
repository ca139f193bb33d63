#include <digit/image.h>

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static void assert_comes_back(const uint8_t grey[DIGIT_PIXELS])
{
    static const struct digit_image_limits limits = {28, 784, UINT64_MAX, UINT64_MAX};
    uint8_t png[DIGIT_PNG_MAX_BYTES];
    size_t size_bytes = 0;
    struct digit_image image;
    assert_int_equal(digit_image_write_png(png, &size_bytes, grey, NULL), DIGIT_OK);
    assert_in_range(size_bytes, 1, DIGIT_PNG_MAX_BYTES);
    assert_int_equal(digit_image_decode(&image, png, size_bytes, &limits, NULL, NULL), DIGIT_OK);
    assert_int_equal(image.format, DIGIT_IMAGE_PNG);
    assert_memory_equal(image.luma, grey, DIGIT_PIXELS);
    digit_image_release(&image);
}

TEST(image_write_png_keeps_every_pixel)
{
    uint8_t grey[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        grey[i] = (uint8_t)i;
    assert_comes_back(grey);
    memset(grey, 0, sizeof grey);
    assert_comes_back(grey);
}

/* Random pixels, which zlib cannot compress. */
TEST(image_write_png_has_room_for_noise)
{
    uint8_t grey[DIGIT_PIXELS];
    uint32_t number = 1;
    for (size_t turn = 0; turn < 100; turn++) {
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            number = number * 1664525u + 1013904223u; /* Numerical Recipes' constants */
            grey[i] = (uint8_t)(number >> 24);
        }
        assert_comes_back(grey);
    }
}

TEST_MAIN(cmocka_unit_test(image_write_png_keeps_every_pixel),
          cmocka_unit_test(image_write_png_has_room_for_noise))
