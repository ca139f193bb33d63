#include <stdlib.h>
#include <string.h>

#include "core/image/jpeg.h"
#include "tests/core/image/pictures.h"

#include "tests/test.h"

#define FRAME    0xc0
#define HUFFMAN  0xc4
#define SCAN     0xda
#define COMMENT  0xfe
#define TEST_MAX 8192

/* Offset of the first marker `code`. */
static size_t find_marker(const struct picture *picture, unsigned code)
{
    size_t at = 0;

    while (picture->bytes[at] != 0xff || picture->bytes[at + 1] != code)
        at++;
    return at;
}

/* Sets one byte of jpeg-grey.jpg, `offset` bytes after marker `code`, and expects a failure. */
static void assert_change_fails(unsigned code, size_t offset, uint8_t value,
                                enum digit_status status, const char *words)
{
    struct picture picture = picture_read("jpeg-grey.jpg");

    picture.bytes[find_marker(&picture, code) + offset] = value;
    picture_assert_fails(&picture, status, words);
    free(picture.bytes);
}

/* Inserts `segment` after SOI and expects a failure. */
static void assert_segment_fails(const void *segment, size_t segment_bytes, size_t copies,
                                 enum digit_status status, const char *words)
{
    const struct picture picture = picture_read("jpeg-grey.jpg");
    uint8_t bytes[TEST_MAX];
    struct picture longer = {bytes, 2};

    memcpy(bytes, picture.bytes, 2);
    for (size_t i = 0; i < copies; i++, longer.size_bytes += segment_bytes)
        memcpy(bytes + longer.size_bytes, segment, segment_bytes);
    memcpy(bytes + longer.size_bytes, picture.bytes + 2, picture.size_bytes - 2);
    longer.size_bytes += picture.size_bytes - 2;
    picture_assert_fails(&longer, status, words);
    free(picture.bytes);
}

TEST(jpeg_measure_finds_the_size)
{
    const struct picture picture = picture_read("jpeg-rgb.jpg");
    struct raster raster = {0};

    assert_int_equal(image_jpeg_measure(&raster, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(raster.width_px, 24);
    assert_int_equal(raster.height_px, 20);
    free(picture.bytes);
}

static void assert_luma(const char *name, bool has_luma)
{
    const struct picture picture = picture_read(name);
    struct raster raster = {0};

    assert_int_equal(image_jpeg_measure(&raster, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(raster.has_luma, has_luma);
    free(picture.bytes);
}

TEST(jpeg_measure_knows_ycbcr_from_other_colours)
{
    assert_luma("jpeg-rgb.jpg", true);
    assert_luma("jpeg-rgb-progressive.jpg", true);
    assert_luma("jpeg-rgb-by-name.jpg", false);
    assert_luma("jpeg-rgb-adobe.jpg", false);
    assert_luma("jpeg-cmyk.jpg", false);
    assert_luma("jpeg-ycck.jpg", false);
}

/* jpeg-grey.jpg with EXIF segments of these orientations, and the expected result. */
static unsigned orientation_of(const uint8_t *orientations, size_t count)
{
    const struct picture picture = picture_read("jpeg-grey.jpg");
    struct picture turned = {malloc(picture.size_bytes), picture.size_bytes};
    struct raster raster = {.orientation = 1};

    memcpy(turned.bytes, picture.bytes, picture.size_bytes);
    for (size_t i = count; i-- > 0;)
        picture_insert_exif(&turned, 2, orientations[i]);
    assert_int_equal(image_jpeg_measure(&raster, turned.bytes, turned.size_bytes, NULL), DIGIT_OK);
    free(turned.bytes);
    free(picture.bytes);
    return raster.orientation;
}

TEST(jpeg_measure_finds_the_orientation)
{
    static const uint8_t two[] = {8, 3};
    static const uint8_t damaged_first[] = {0, 3};

    assert_int_equal(orientation_of(NULL, 0), 1);
    assert_int_equal(orientation_of(two, 1), 8);
    assert_int_equal(orientation_of(two, 2), 8);
    assert_int_equal(orientation_of(damaged_first, 2), 1);
}

TEST(jpeg_arithmetic_coding_is_unsupported)
{
    assert_change_fails(FRAME, 1, 0xc9, DIGIT_UNSUPPORTED, "coding process 0xc9");
}

TEST(jpeg_of_twelve_bits_is_unsupported)
{
    assert_change_fails(FRAME, 4, 12, DIGIT_UNSUPPORTED, "samples of 12 bits");
}

TEST(jpeg_without_frame_header_is_malformed)
{
    assert_change_fails(FRAME, 1, COMMENT, DIGIT_MALFORMED, "no frame header");
}

TEST(jpeg_with_two_frame_headers_is_malformed)
{
    assert_segment_fails("\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0", 13, 1, DIGIT_MALFORMED,
                         "two frame headers");
}

TEST(jpeg_with_a_short_frame_header_is_malformed)
{
    assert_segment_fails("\xff\xc0\0\x04\x08\0", 6, 1, DIGIT_MALFORMED,
                         "a frame header of 2 bytes, the minimum is 6");
}

TEST(jpeg_segment_shorter_than_its_length_is_malformed)
{
    assert_segment_fails("\xff\xfe\0\x01", 4, 1, DIGIT_MALFORMED,
                         "segment 0xfe has a length of 1, the minimum is 2");
}

TEST(jpeg_segment_beyond_the_end_is_malformed)
{
    assert_segment_fails("\xff\xfe\xff\xff", 4, 1, DIGIT_MALFORMED, "after the data");
}

/* stb_image fills an array of 257 with the code lengths; this table claims 16 times 255. */
TEST(jpeg_huffman_table_above_256_values_is_malformed)
{
    uint8_t segment[4 + 17] = {0xff, HUFFMAN, 0, 2 + 17};

    memset(segment + 5, 255, 16);
    assert_segment_fails(segment, sizeof segment, 1, DIGIT_MALFORMED,
                         "a huffman table of 4080 values, the limit is 256");
}

TEST(jpeg_huffman_table_beyond_its_segment_is_malformed)
{
    uint8_t segment[4 + 17] = {0xff, HUFFMAN, 0, 2 + 17};

    segment[5] = 1;
    assert_segment_fails(segment, sizeof segment, 1, DIGIT_MALFORMED, "is longer than its segment");
}

TEST(jpeg_bytes_behind_a_huffman_table_are_malformed)
{
    assert_segment_fails("\xff\xc4\0\x05\0\0\0", 7, 1, DIGIT_MALFORMED,
                         "3 bytes after the last huffman table");
}

TEST(jpeg_of_too_many_scans_is_over_the_limit)
{
    assert_segment_fails("\xff\xda\0\x02", 4, JPEG_SCANS_MAX, DIGIT_LIMIT, "more than 32 scans");
}

TEST_MAIN(cmocka_unit_test(jpeg_measure_finds_the_size),
          cmocka_unit_test(jpeg_measure_knows_ycbcr_from_other_colours),
          cmocka_unit_test(jpeg_measure_finds_the_orientation),
          cmocka_unit_test(jpeg_arithmetic_coding_is_unsupported),
          cmocka_unit_test(jpeg_of_twelve_bits_is_unsupported),
          cmocka_unit_test(jpeg_without_frame_header_is_malformed),
          cmocka_unit_test(jpeg_with_two_frame_headers_is_malformed),
          cmocka_unit_test(jpeg_with_a_short_frame_header_is_malformed),
          cmocka_unit_test(jpeg_segment_shorter_than_its_length_is_malformed),
          cmocka_unit_test(jpeg_segment_beyond_the_end_is_malformed),
          cmocka_unit_test(jpeg_huffman_table_above_256_values_is_malformed),
          cmocka_unit_test(jpeg_huffman_table_beyond_its_segment_is_malformed),
          cmocka_unit_test(jpeg_bytes_behind_a_huffman_table_are_malformed),
          cmocka_unit_test(jpeg_of_too_many_scans_is_over_the_limit))
