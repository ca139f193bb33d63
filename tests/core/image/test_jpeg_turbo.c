#include <stdlib.h>
#include <string.h>

#include "core/image/jpeg.h"
#include "tests/core/image/pictures.h"

#include "tests/test.h"

#define SCAN 0xda

static size_t end_of_scan_header(const struct picture *picture)
{
    size_t at = 0;

    while (picture->bytes[at] != 0xff || picture->bytes[at + 1] != SCAN)
        at++;
    return at + 2 + picture->bytes[at + 3];
}

/* Without the end of its entropy-coded data a picture has grey where nothing was decoded. */
TEST(data_that_end_before_the_last_block_are_malformed)
{
    struct picture picture = picture_read("jpeg-rgb.jpg");
    const size_t at = end_of_scan_header(&picture);

    memmove(picture.bytes + picture.size_bytes - 42, picture.bytes + picture.size_bytes - 2, 2);
    picture.size_bytes -= 40;
    assert_true(picture.size_bytes > at);
    picture_assert_fails(&picture, DIGIT_MALFORMED, "jpeg: Corrupt JPEG data: premature end");
    free(picture.bytes);
}

TEST(a_lost_restart_marker_is_malformed)
{
    struct picture picture = picture_read("jpeg-grey-restarts.jpg");
    size_t at = end_of_scan_header(&picture);

    while (picture.bytes[at] != 0xff || picture.bytes[at + 1] != 0xd0)
        at++;
    picture.bytes[at + 1] = 0xd1;
    picture_assert_fails(&picture, DIGIT_MALFORMED, "jpeg: Corrupt JPEG data");
    free(picture.bytes);
}

/* Cameras write bytes of their own between the segments. */
TEST(bytes_between_segments_are_ignored)
{
    static const uint8_t comment_and_bytes[] = {0xff, 0xfe, 0, 2, 1, 2, 3};
    const struct picture picture = picture_read("jpeg-grey.jpg");
    struct picture longer = {malloc(picture.size_bytes + sizeof comment_and_bytes),
                             picture.size_bytes + sizeof comment_and_bytes};
    struct digit_image image;

    assert_non_null(longer.bytes);
    memcpy(longer.bytes, picture.bytes, 2);
    memcpy(longer.bytes + 2, comment_and_bytes, sizeof comment_and_bytes);
    memcpy(longer.bytes + 2 + sizeof comment_and_bytes, picture.bytes + 2, picture.size_bytes - 2);
    assert_int_equal(
        digit_image_decode(&image, longer.bytes, longer.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    digit_image_release(&image);
    free(longer.bytes);
    free(picture.bytes);
}

/* libjpeg-turbo takes at most 65500 px. */
TEST(sides_beyond_the_librarys_are_over_the_limit)
{
    static const uint8_t bytes[] = {0xff, 0xd8, 0xff, 0xc0, 0,    11, 8,    0,    8,
                                    0xff, 0xff, 1,    1,    0x11, 0,  0xff, 0xda, 0,
                                    8,    1,    1,    0,    0,    63, 0,    0xff, 0xd9};
    const struct digit_image_limits limits = {65535, 1 << 30, UINT64_MAX, UINT64_MAX};
    struct digit_image image;
    struct digit_error error;

    assert_int_equal(digit_image_decode(&image, bytes, sizeof bytes, &limits, NULL, &error),
                     DIGIT_LIMIT);
    assert_non_null(strstr(error.message, "65500"));
}

/* Only coefficients are kept for the whole picture, and only if a scan has not all components. */
TEST(memory_is_that_of_the_coefficients)
{
    struct jpeg_frame frame = {.width_px = 8192,
                               .height_px = 6144,
                               .component_count = 1,
                               .components = {{.blocks = 1024 * 768}}};

    assert_true(image_jpeg_decoder_bytes(&frame, false) < 1 << 20);
    frame.keeps_coefficients = true;
    assert_true(image_jpeg_decoder_bytes(&frame, false) > 2 * 8192 * 6144);
    assert_true(image_jpeg_decoder_bytes(&frame, false) < 2 * 8192 * 6144 + (1 << 20));
}

TEST_MAIN(cmocka_unit_test(data_that_end_before_the_last_block_are_malformed),
          cmocka_unit_test(a_lost_restart_marker_is_malformed),
          cmocka_unit_test(bytes_between_segments_are_ignored),
          cmocka_unit_test(sides_beyond_the_librarys_are_over_the_limit),
          cmocka_unit_test(memory_is_that_of_the_coefficients))
