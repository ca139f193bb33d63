#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/image/stb.h"
#include "tests/core/image/pictures.h"

#include "tests/test.h"

#define RAMP_WIDTH_PX  24
#define RAMP_HEIGHT_PX 20

/* At quality 98 quantisation moves a sample by up to 2, and each colour conversion rounds once. */
#define JPEG_TOLERANCE 3

static void expect_ramps(uint8_t expected[RAMP_WIDTH_PX * RAMP_HEIGHT_PX], bool grey)
{
    for (int i = 0; i < RAMP_WIDTH_PX * RAMP_HEIGHT_PX; i++) {
        const int x = i % RAMP_WIDTH_PX;
        const int y = i / RAMP_WIDTH_PX;
        const double rgb[3] = {20 + 6 * x + 3 * y, 230 - 4 * x - 2 * y, 40 + 2 * x + 5 * y};

        expected[i] = (uint8_t)(grey ? rgb[0] : picture_luma(rgb));
    }
}

TEST(jpeg_of_every_kind_decodes)
{
    static const char *const names[] = {
        "jpeg-rgb.jpg",         "jpeg-rgb-progressive.jpg", "jpeg-rgb-subsampled.jpg",
        "jpeg-rgb-by-name.jpg", "jpeg-rgb-adobe.jpg",       "jpeg-cmyk.jpg",
        "jpeg-ycck.jpg"};
    uint8_t expected[RAMP_WIDTH_PX * RAMP_HEIGHT_PX];

    expect_ramps(expected, true);
    picture_assert_decodes_to("jpeg-grey.jpg", expected, RAMP_WIDTH_PX, RAMP_HEIGHT_PX,
                              JPEG_TOLERANCE);
    expect_ramps(expected, false);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        picture_assert_decodes_to(names[i], expected, RAMP_WIDTH_PX, RAMP_HEIGHT_PX,
                                  JPEG_TOLERANCE);
}

TEST(jpeg_with_restart_markers_decodes)
{
    static const uint8_t levels[3] = {40, 120, 200};
    uint8_t expected[24 * 8];

    for (size_t i = 0; i < sizeof expected; i++)
        expected[i] = levels[i % 24 / 8];
    picture_assert_decodes_to("jpeg-grey-restarts.jpg", expected, 24, 8, 1);
}

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

TEST(stb_size_other_than_measured_is_malformed)
{
    const struct picture picture = picture_read("bmp-24.bmp");
    struct raster raster = {.width_px = PICTURE_WIDTH_PX, .height_px = PICTURE_HEIGHT_PX + 1};
    struct digit_error error;

    assert_int_equal(image_stb_decode(&raster, picture.bytes, picture.size_bytes, &error),
                     DIGIT_MALFORMED);
    assert_non_null(strstr(error.message, "13x11 px, but 13x12 were measured"));
    assert_null(raster.samples);
    free(picture.bytes);
}

/* The size is checked before the bytes are read. */
TEST(stb_more_bytes_than_an_int_counts_are_over_the_limit)
{
    struct raster raster = {.width_px = 1, .height_px = 1};
    struct digit_error error;

    assert_int_equal(image_stb_decode(&raster, (const uint8_t *)"BM", (size_t)INT_MAX + 1, &error),
                     DIGIT_LIMIT);
}

TEST_MAIN(cmocka_unit_test(jpeg_of_every_kind_decodes),
          cmocka_unit_test(jpeg_with_restart_markers_decodes),
          cmocka_unit_test(bmp_of_every_depth_decodes_exactly),
          cmocka_unit_test(bmp_with_its_top_row_first_decodes_the_same),
          cmocka_unit_test(stb_header_that_cannot_be_read_is_malformed),
          cmocka_unit_test(stb_failure_gives_its_reason),
          cmocka_unit_test(stb_size_other_than_measured_is_malformed),
          cmocka_unit_test(stb_more_bytes_than_an_int_counts_are_over_the_limit))
