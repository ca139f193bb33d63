#include "core/image/cost.h"

#include <stdlib.h>

#include "tests/core/image/pictures.h"

#include "tests/test.h"

#define MEGAPIXELS(width_px, height_px) ((uint64_t)(width_px) * (height_px))

static const enum digit_image_format formats[] = {DIGIT_IMAGE_PNG, DIGIT_IMAGE_JPEG,
                                                  DIGIT_IMAGE_BMP};

/* A photo of a phone: 12 megapixels, 4:2:0, about four million bytes. */
static const struct image_measure photo = {
    .width_px = 4032,
    .height_px = 3024,
    .components = 3,
    .scan_count = 1,
    .coded_bytes = 4000000,
    .blocks = 4032 / 8 * 3024 / 8 * 3 / 2,
};

static void assert_grows(enum digit_image_format format, const struct image_measure *less,
                         const struct image_measure *more)
{
    assert_true(image_cost_us(format, more, false) > image_cost_us(format, less, false));
    assert_true(image_cost_us(format, more, true) > image_cost_us(format, less, true));
}

TEST(a_cost_grows_with_the_picture)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct image_measure more = photo;

        more.height_px *= 2;
        assert_grows(formats[i], &photo, &more);
    }
}

TEST(a_cost_grows_with_what_the_decoder_reads_and_makes)
{
    struct image_measure more = photo;

    more.coded_bytes *= 2;
    assert_grows(DIGIT_IMAGE_JPEG, &photo, &more);
    assert_grows(DIGIT_IMAGE_PNG, &photo, &more);
    more = photo;
    more.blocks *= 2;
    assert_grows(DIGIT_IMAGE_JPEG, &photo, &more);
    more = photo;
    more.inflated_bytes = 1000000;
    assert_grows(DIGIT_IMAGE_PNG, &photo, &more);
    more = photo;
    more.scan_count = 2;
    assert_grows(DIGIT_IMAGE_JPEG, &photo, &more);
}

TEST(a_photo_costs_tens_of_milliseconds)
{
    const uint64_t cost_us = image_cost_us(DIGIT_IMAGE_JPEG, &photo, false);

    assert_in_range(cost_us, 10000, 400000);
}

static struct digit_image_probe probe_fixture(const char *name)
{
    const struct picture picture = picture_read(name);
    struct digit_image_probe probe;

    assert_int_equal(
        digit_image_probe(&probe, picture.bytes, picture.size_bytes, &picture_limits, NULL),
        DIGIT_OK);
    assert_int_equal(probe.encoded_bytes, picture.size_bytes);
    free(picture.bytes);
    return probe;
}

TEST(a_small_picture_costs_far_less_than_a_millisecond)
{
    assert_in_range(probe_fixture("png-rgba-16.png").cost_us, 1, 200);
    assert_in_range(probe_fixture("jpeg-rgb.jpg").cost_us, 1, 200);
    assert_in_range(probe_fixture("bmp-24.bmp").cost_us, 1, 200);
    assert_in_range(probe_fixture("png-rgba-16.png").memory_bytes, 32768, 131072);
}

/* No product may wrap around: nothing would be beyond a limit. */
TEST(the_largest_picture_costs_the_most)
{
    const struct image_measure largest = {
        .width_px = DIGIT_IMAGE_SIDE_MAX_PX,
        .height_px = DIGIT_IMAGE_SIDE_MAX_PX,
        .scan_count = 32,
        .coded_bytes = UINT32_MAX,
        .inflated_bytes = 8 * MEGAPIXELS(65536, 65536),
        .blocks = 32 * 4 * 4 * MEGAPIXELS(8192, 8192),
    };

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        for (int colour = 0; colour <= 1; colour++)
            assert_true(image_cost_us(formats[i], &largest, colour) >
                        100 * image_cost_us(formats[i], &photo, colour));
}

TEST(the_memory_is_the_decoders_and_that_of_the_luma)
{
    struct image_measure measure = photo;
    const uint64_t luma_bytes = image_memory_bytes(&measure, false);
    const uint64_t colour_bytes = image_memory_bytes(&measure, true);

    measure.decoder_bytes = 1000000;
    measure.colour_decoder_bytes = 2000000;
    assert_int_equal(image_memory_bytes(&measure, false), luma_bytes + 1000000);
    assert_int_equal(image_memory_bytes(&measure, true), colour_bytes + 2000000);
    assert_in_range(luma_bytes, 2016 * 1512, 2 * 2016 * 1512);
    assert_in_range(colour_bytes, 6 * 504 * 378, 8 * 504 * 378);
}

/* Rows in any order take all sums, and transparent ones twice as much. */
TEST(the_memory_depends_on_how_the_rows_come)
{
    struct image_measure measure = photo;

    measure.may_have_alpha = true;
    assert_in_range(image_memory_bytes(&measure, false), 2 * 2016 * 1512, 3 * 2016 * 1512);
    measure.any_order = true;
    assert_int_equal(image_memory_bytes(&measure, false), 10 * 2016 * 1512);
    measure.may_have_alpha = false;
    assert_int_equal(image_memory_bytes(&measure, false), 5 * 2016 * 1512);
}

/* The decoder's memory is free again when the luma is turned. */
TEST(a_turned_picture_has_its_luma_twice)
{
    struct image_measure measure = photo;

    measure.orientation = 6;
    assert_int_equal(image_memory_bytes(&measure, false), 2 * 2016 * 1512);
    measure.component_bits = 16;
    assert_int_equal(image_memory_bytes(&measure, false), 3 * 2016 * 1512);
    measure.decoder_bytes = 40000000;
    assert_in_range(image_memory_bytes(&measure, false), 40000000 + 2 * 2016 * 1512,
                    40000000 + 3 * 2016 * 1512);
}

TEST(a_probe_tells_what_the_headers_say)
{
    struct digit_image_probe probe = probe_fixture("png-grey-16-interlaced.png");

    assert_int_equal(probe.format, DIGIT_IMAGE_PNG);
    assert_int_equal(probe.width_px, PICTURE_WIDTH_PX);
    assert_int_equal(probe.height_px, PICTURE_HEIGHT_PX);
    assert_int_equal(probe.components, 1);
    assert_int_equal(probe.component_bits, 16);
    assert_true(probe.progressive);
    assert_int_equal(probe.scans, 1);
    probe = probe_fixture("jpeg-rgb-progressive.jpg");
    assert_int_equal(probe.format, DIGIT_IMAGE_JPEG);
    assert_int_equal(probe.components, 3);
    assert_int_equal(probe.component_bits, 8);
    assert_true(probe.progressive);
    assert_true(probe.scans > 5);
    probe = probe_fixture("jpeg-cmyk.jpg");
    assert_int_equal(probe.components, 4);
    assert_false(probe.progressive);
    assert_int_equal(probe.scans, 1);
    probe = probe_fixture("bmp-4.bmp");
    assert_int_equal(probe.format, DIGIT_IMAGE_BMP);
    assert_int_equal(probe.components, 1);
    assert_int_equal(probe.component_bits, 4);
    assert_int_equal(probe_fixture("bmp-32.bmp").components, 4);
}

TEST_MAIN(cmocka_unit_test(a_cost_grows_with_the_picture),
          cmocka_unit_test(a_cost_grows_with_what_the_decoder_reads_and_makes),
          cmocka_unit_test(a_photo_costs_tens_of_milliseconds),
          cmocka_unit_test(a_small_picture_costs_far_less_than_a_millisecond),
          cmocka_unit_test(the_largest_picture_costs_the_most),
          cmocka_unit_test(the_memory_is_the_decoders_and_that_of_the_luma),
          cmocka_unit_test(the_memory_depends_on_how_the_rows_come),
          cmocka_unit_test(a_turned_picture_has_its_luma_twice),
          cmocka_unit_test(a_probe_tells_what_the_headers_say))
