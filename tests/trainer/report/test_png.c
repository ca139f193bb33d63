#include "trainer/report/png.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "tests/test.h"

static void assert_reads_back(const struct png_picture *picture, const uint8_t *luma)
{
    struct buffer buffer = {0};
    assert_int_equal(png_picture_add(&buffer, picture, NULL), DIGIT_OK);
    const struct digit_image_limits limits = {100, 10000, UINT64_MAX, UINT64_MAX};
    struct digit_image image;
    assert_int_equal(digit_image_decode(&image, (const uint8_t *)buffer.bytes, buffer.size_bytes,
                                        &limits, NULL, NULL),
                     DIGIT_OK);
    assert_int_equal(image.width_px, picture->width_px);
    assert_int_equal(image.height_px, picture->height_px);
    assert_memory_equal(image.luma, luma, image.width_px * image.height_px);
    digit_image_release(&image);
    buffer_release(&buffer);
}

TEST(grey_levels_are_lossless)
{
    struct png_picture picture;
    assert_int_equal(png_picture_init(&picture, PNG_PICTURE_GREY, 3, 2, NULL), DIGIT_OK);
    static const uint8_t samples[] = {0, 1, 127, 128, 254, 255};
    memcpy(picture.samples, samples, sizeof samples);
    assert_reads_back(&picture, samples);
    png_picture_release(&picture);
}

/* digit_image_decode puts transparent pixels on a background that contrasts with the opaque
 * ones. */
TEST(transparency_is_kept)
{
    struct png_picture picture;
    assert_int_equal(png_picture_init(&picture, PNG_PICTURE_RGBA, 2, 1, NULL), DIGIT_OK);
    static const uint8_t samples[] = {9, 9, 9, 255, 9, 9, 9, 0};
    memcpy(picture.samples, samples, sizeof samples);
    assert_reads_back(&picture, (const uint8_t[]){9, 255});
    png_picture_release(&picture);
}

TEST_MAIN(cmocka_unit_test(grey_levels_are_lossless), cmocka_unit_test(transparency_is_kept))
