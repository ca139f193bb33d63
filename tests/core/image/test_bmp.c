#include <stdlib.h>

#include "core/image/bmp.h"
#include "tests/core/image/pictures.h"

#include "tests/test.h"

/* Offsets of the header's fields. */
enum { PIXELS_AT = 10, HEADER_BYTES = 14, WIDTH = 18, HEIGHT = 22, BITS = 28, COMPRESSION = 30 };

/* Sets one byte of a fixture and expects a failure. */
static void assert_change_fails(const char *name, size_t at, uint8_t value,
                                enum digit_status status, const char *words)
{
    struct picture picture = picture_read(name);

    picture.bytes[at] = value;
    picture_assert_fails(&picture, status, words);
    free(picture.bytes);
}

static void assert_measures(const char *name)
{
    const struct picture picture = picture_read(name);
    struct image_measure measure = {0};

    assert_int_equal(image_bmp_measure(&measure, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(measure.width_px, PICTURE_WIDTH_PX);
    assert_int_equal(measure.height_px, PICTURE_HEIGHT_PX);
    free(picture.bytes);
}

TEST(bmp_measure_finds_the_size_either_way_up)
{
    assert_measures("bmp-24.bmp");
    assert_measures("bmp-24-top-down.bmp");
}

TEST(bmp_with_the_os2_header_is_unsupported)
{
    assert_change_fails("bmp-24.bmp", HEADER_BYTES, 12, DIGIT_UNSUPPORTED, "a header of 12 bytes");
}

TEST(bmp_run_length_coding_is_unsupported)
{
    assert_change_fails("bmp-8.bmp", COMPRESSION, 1, DIGIT_UNSUPPORTED, "compression 1");
}

TEST(bmp_of_two_bits_is_unsupported)
{
    assert_change_fails("bmp-8.bmp", BITS, 2, DIGIT_UNSUPPORTED, "2 bits per pixel");
}

TEST(bmp_wider_than_its_data_is_malformed)
{
    assert_change_fails("bmp-24.bmp", WIDTH, 14, DIGIT_MALFORMED,
                        "494 bytes are too few for 14x11 px of 24 bits");
}

TEST(bmp_pixels_behind_the_end_are_malformed)
{
    assert_change_fails("bmp-24.bmp", PIXELS_AT + 3, 0x7f, DIGIT_MALFORMED, "truncated");
}

TEST(bmp_of_no_width_is_malformed)
{
    assert_change_fails("bmp-24.bmp", WIDTH, 0, DIGIT_MALFORMED, "a picture of 0x11 px");
}

TEST(bmp_of_the_most_negative_height_is_malformed)
{
    struct picture picture = picture_read("bmp-24.bmp");

    picture.bytes[HEIGHT] = 0;
    picture.bytes[HEIGHT + 3] = 0x80;
    picture_assert_fails(&picture, DIGIT_MALFORMED, "13x2147483648 px");
    free(picture.bytes);
}

TEST(bmp_without_room_for_a_palette_is_malformed)
{
    assert_change_fails("bmp-1.bmp", PIXELS_AT, 54, DIGIT_MALFORMED,
                        "pixels at byte 54 leave no room for a palette");
}

/* stb_image would read uninitialised stack memory for the missing colours. */
TEST(bmp_colour_outside_the_palette_is_malformed)
{
    const struct picture picture = picture_read("bmp-8-short-palette.bmp");

    picture_assert_fails(&picture, DIGIT_MALFORMED, "the palette has 16 colours");
    free(picture.bytes);
}

TEST_MAIN(cmocka_unit_test(bmp_measure_finds_the_size_either_way_up),
          cmocka_unit_test(bmp_with_the_os2_header_is_unsupported),
          cmocka_unit_test(bmp_run_length_coding_is_unsupported),
          cmocka_unit_test(bmp_of_two_bits_is_unsupported),
          cmocka_unit_test(bmp_wider_than_its_data_is_malformed),
          cmocka_unit_test(bmp_pixels_behind_the_end_are_malformed),
          cmocka_unit_test(bmp_of_no_width_is_malformed),
          cmocka_unit_test(bmp_of_the_most_negative_height_is_malformed),
          cmocka_unit_test(bmp_without_room_for_a_palette_is_malformed),
          cmocka_unit_test(bmp_colour_outside_the_palette_is_malformed))
