#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/image/exif.h"
#include "core/image/stb.h"
#include "tests/core/image/pictures.h"

#include "tests/test.h"

/* Five bits become eight by repeating the highest three. */
static double eight_of_five(unsigned sample)
{
    return sample << 3 | sample >> 2;
}

static double expected_bmp_luma(unsigned x, unsigned y, unsigned bits)
{
    double rgb[3];

    if (bits <= 8)
        picture_palette_colour(rgb, picture_sample(x, y, 0, bits));
    for (unsigned channel = 0; bits > 8 && channel < 3; channel++)
        rgb[channel] = bits == 16 ? eight_of_five(picture_sample(x, y, channel, 5))
                                  : picture_sample(x, y, channel, 8);
    return picture_luma(rgb);
}

/* With 32 bits the fourth byte is alpha. */
static void lay_on_ground(uint8_t expected[PICTURE_PIXELS])
{
    double weighted = 0, weight = 0;

    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        const double alpha = picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, 3, 8);

        weighted += expected[i] * alpha;
        weight += alpha;
    }
    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        const double alpha =
            picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, 3, 8) / 255.;
        const double background = weighted / weight < 128 ? 255 : 0;

        expected[i] = (uint8_t)floor(expected[i] * alpha + background * (1 - alpha) + 0.5);
    }
}

static void assert_bmp_decodes(const char *name, unsigned bits)
{
    uint8_t expected[PICTURE_PIXELS];

    for (unsigned i = 0; i < PICTURE_PIXELS; i++)
        expected[i] = (uint8_t)expected_bmp_luma(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, bits);
    if (bits == 32)
        lay_on_ground(expected);
    picture_assert_decodes_to(name, expected, PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX, 0);
}

TEST(bmp_of_every_depth_decodes_exactly)
{
    static const unsigned depths[] = {1, 4, 8, 16, 24, 32};
    char name[32];

    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        snprintf(name, sizeof name, "bmp-%u.bmp", depths[i]);
        assert_bmp_decodes(name, depths[i]);
    }
}

TEST(bmp_with_its_top_row_first_decodes_the_same)
{
    assert_bmp_decodes("bmp-24-top-down.bmp", 24);
}

TEST(stb_header_that_cannot_be_read_is_malformed)
{
    struct picture picture = picture_read("bmp-24.bmp");

    picture.bytes[26] = 2; /* planes, always 1 */
    picture_assert_fails(&picture, DIGIT_MALFORMED, "stb_image: cannot read the header");
    free(picture.bytes);
}

/* 24-bit pixels must follow the header at once, or stb_image refuses them. */
TEST(stb_failure_gives_its_reason)
{
    struct picture picture = picture_read("bmp-24-top-down.bmp");

    picture.bytes[10] -= 4;
    picture_assert_fails(&picture, DIGIT_MALFORMED, "stb_image: bad offset");
    free(picture.bytes);
}

/* Decodes bmp-24.bmp, or the first `size_bytes` of it, as if these sides had been measured. */
static enum digit_status decode_as(size_t width_px, size_t height_px, size_t size_bytes,
                                   struct digit_error *error)
{
    const struct picture picture = picture_read("bmp-24.bmp");
    const struct image_measure measure = {.width_px = width_px, .height_px = height_px};
    struct reduction reduction = {.move = upright_move_of(EXIF_UPRIGHT)};
    const enum digit_status status =
        image_bmp_decode(&reduction, &measure, picture.bytes,
                         size_bytes > 0 ? size_bytes : picture.size_bytes, error);

    reduction_release(&reduction);
    free(picture.bytes);
    return status;
}

TEST(stb_size_other_than_measured_is_malformed)
{
    struct digit_error error;

    assert_int_equal(decode_as(PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX + 1, 0, &error),
                     DIGIT_MALFORMED);
    assert_non_null(strstr(error.message, "13x11 px, but 13x12 were measured"));
    assert_int_equal(decode_as(PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX, 0, &error), DIGIT_OK);
}

/* The size is checked before the bytes are read. */
TEST(stb_more_bytes_than_an_int_counts_are_over_the_limit)
{
    struct digit_error error;

    assert_int_equal(decode_as(1, 1, (size_t)INT_MAX + 1, &error), DIGIT_LIMIT);
}

TEST_MAIN(cmocka_unit_test(bmp_of_every_depth_decodes_exactly),
          cmocka_unit_test(bmp_with_its_top_row_first_decodes_the_same),
          cmocka_unit_test(stb_header_that_cannot_be_read_is_malformed),
          cmocka_unit_test(stb_failure_gives_its_reason),
          cmocka_unit_test(stb_size_other_than_measured_is_malformed),
          cmocka_unit_test(stb_more_bytes_than_an_int_counts_are_over_the_limit))
