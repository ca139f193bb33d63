#include <math.h>
#include <stdbool.h>
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

#define RAMP_WIDTH_PX  24
#define RAMP_HEIGHT_PX 20

/* At quality 98 quantisation moves a sample by up to 2, and each colour conversion rounds once. */
#define JPEG_TOLERANCE 3

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
    struct image_measure measure = {0};

    assert_int_equal(image_jpeg_measure(&measure, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(measure.width_px, 24);
    assert_int_equal(measure.height_px, 20);
    free(picture.bytes);
}

static void assert_colour(const char *name, enum jpeg_colour colour)
{
    const struct picture picture = picture_read(name);
    struct image_measure measure = {0};

    assert_int_equal(image_jpeg_measure(&measure, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(measure.jpeg_colour, colour);
    free(picture.bytes);
}

TEST(jpeg_measure_knows_ycbcr_from_other_colours)
{
    assert_colour("jpeg-rgb.jpg", JPEG_YCBCR);
    assert_colour("jpeg-rgb-progressive.jpg", JPEG_YCBCR);
    assert_colour("jpeg-rgb-by-name.jpg", JPEG_RGB);
    assert_colour("jpeg-rgb-adobe.jpg", JPEG_RGB);
    assert_colour("jpeg-cmyk.jpg", JPEG_CMYK);
    assert_colour("jpeg-ycck.jpg", JPEG_YCCK);
}

/* jpeg-grey.jpg with EXIF segments of these orientations, and the expected result. */
static unsigned orientation_of(const uint8_t *orientations, size_t count)
{
    const struct picture picture = picture_read("jpeg-grey.jpg");
    struct picture turned = {malloc(picture.size_bytes), picture.size_bytes};
    struct image_measure measure = {.orientation = 1};

    memcpy(turned.bytes, picture.bytes, picture.size_bytes);
    for (size_t i = count; i-- > 0;)
        picture_insert_exif(&turned, 2, orientations[i]);
    assert_int_equal(image_jpeg_measure(&measure, turned.bytes, turned.size_bytes, NULL), DIGIT_OK);
    free(turned.bytes);
    free(picture.bytes);
    return measure.orientation;
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

/* Two rows of blocks, each of one level: 128 and 224 by turns. */
#define LEVEL_EVEN 128
#define LEVEL_ODD  224
#define FLAT_ROWS  2

/* Bits of entropy-coded data, the highest first. */
struct bits {
    uint8_t *bytes;
    size_t count;
};

static void put_bits(struct bits *bits, const char *text)
{
    for (; *text != '\0'; text++, bits->count++) {
        if (bits->count % 8 == 0)
            bits->bytes[bits->count / 8] = 0;
        bits->bytes[bits->count / 8] |= (uint8_t)((*text - '0') << (7 - bits->count % 8));
    }
}

/* The difference of a block's mean to that of the block before it, then the end of the block. */
static void put_blocks(struct bits *bits, size_t across)
{
    bool was_odd = false;

    for (size_t i = 0; i < FLAT_ROWS * across; i++) {
        const bool is_odd = i % across % 2 == 1;

        put_bits(bits, is_odd == was_odd ? "00" : is_odd ? "10110" : "10000");
        was_odd = is_odd;
    }
}

/* A JPEG of blocks of one level each, for the decoders to scale down exactly. */
static struct picture make_flat(uint16_t width_px)
{
    static const char head[] = "\xff\xd8\xff\xdb\0\x43\0";
    static const char tables[] = "\xff\xc4\0\x15\0\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
                                 "\xff\xc4\0\x14\x10\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                 "\xff\xda\0\x08\1\1\0\0\x3f\0";
    const uint8_t frame[] = {
        0xff, FRAME, 0,    11, 8, 0, FLAT_ROWS * 8, (uint8_t)(width_px >> 8), (uint8_t)width_px,
        1,    1,     0x11, 0};
    struct picture picture = {malloc(TEST_MAX), 0};
    struct bits bits = {0};

    assert_non_null(picture.bytes);
    memcpy(picture.bytes, head, sizeof head - 1);
    picture.size_bytes = sizeof head - 1;
    memset(picture.bytes + picture.size_bytes, 255, 64); /* one step is 255 / 8 levels */
    picture.size_bytes += 64;
    memcpy(picture.bytes + picture.size_bytes, frame, sizeof frame);
    picture.size_bytes += sizeof frame;
    memcpy(picture.bytes + picture.size_bytes, tables, sizeof tables - 1);
    picture.size_bytes += sizeof tables - 1;
    bits.bytes = picture.bytes + picture.size_bytes;
    put_blocks(&bits, (width_px + 7u) / 8);
    picture.size_bytes += (bits.count + 7) / 8;
    memcpy(picture.bytes + picture.size_bytes, "\xff\xd9", 2);
    picture.size_bytes += 2;
    return picture;
}

static void assert_reduced(uint16_t width_px, size_t n)
{
    const struct digit_image_limits limits = {65535, 1 << 20, UINT64_MAX, UINT64_MAX};
    const struct picture picture = make_flat(width_px);
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &limits, NULL, NULL),
        DIGIT_OK);
    assert_int_equal(image.width_px, width_px);
    assert_int_equal(image.height_px, FLAT_ROWS * 8);
    assert_int_equal(image.block_px, n);
    for (size_t x = 0; x < (width_px + n - 1) / n; x++) {
        double sum = 0;
        size_t count = 0;

        for (size_t i = x * n; i < (x + 1) * n && i < width_px; i++, count++)
            sum += i / 8 % 2 == 1 ? LEVEL_ODD : LEVEL_EVEN;
        if (fabs(image.luma[x] - sum / (double)count) > 1)
            fail_msg("%u px: pixel %zu is %u, not %f", width_px, x, image.luma[x],
                     sum / (double)count);
    }
    digit_image_release(&image);
    free(picture.bytes);
}

/* With every divisor by which libjpeg-turbo can scale, and between them. */
TEST(jpeg_above_2560_px_is_reduced_to_means)
{
    assert_reduced(2560, 1);
    assert_reduced(2561, 2);
    assert_reduced(4032, 2);
    assert_reduced(5137, 3);
    assert_reduced(7676, 3);
    assert_reduced(10239, 4);
    assert_reduced(10248, 5);
    assert_reduced(17900, 7);
    assert_reduced(20480, 8);
    assert_reduced(23009, 9);
}

TEST(jpeg_measure_counts_the_blocks_of_every_scan)
{
    const struct picture picture = make_flat(1030);
    struct image_measure measure = {0};

    assert_int_equal(image_jpeg_measure(&measure, picture.bytes, picture.size_bytes, NULL),
                     DIGIT_OK);
    assert_int_equal(measure.scan_count, 1);
    assert_int_equal(measure.blocks, 129 * FLAT_ROWS);
    free(picture.bytes);
}

/* Scans of four components without data: a few hundred bytes that would take 100 MB and a second. */
static struct picture make_empty_scans(size_t scans)
{
    static const uint8_t head[] = {0xff, 0xd8, 0xff, 0xc2, 0,    20, 8, 0x0c, 0, 0x10, 0,    4,
                                   1,    0x11, 0,    2,    0x11, 0,  3, 0x11, 0, 4,    0x11, 0};
    static const uint8_t scan[] = {0xff, SCAN, 0, 8, 1, 1, 0, 1, 63, 0x0d, 0, 0};
    struct picture picture = {malloc(TEST_MAX), sizeof head};

    assert_non_null(picture.bytes);
    memcpy(picture.bytes, head, sizeof head);
    for (size_t i = 0; i < scans; i++, picture.size_bytes += sizeof scan)
        memcpy(picture.bytes + picture.size_bytes, scan, sizeof scan);
    memcpy(picture.bytes + picture.size_bytes, "\xff\xd9", 2);
    picture.size_bytes += 2;
    return picture;
}

TEST(jpeg_of_many_empty_scans_is_known_to_be_expensive)
{
    const struct digit_image_limits limits = {65535, 1 << 30, UINT64_MAX, UINT64_MAX};
    const struct picture picture = make_empty_scans(JPEG_SCANS_MAX);
    struct digit_image_probe probe;

    assert_int_equal(digit_image_probe(&probe, picture.bytes, picture.size_bytes, &limits, NULL),
                     DIGIT_OK);
    assert_int_equal(probe.scans, JPEG_SCANS_MAX);
    assert_true(probe.progressive);
    assert_true(probe.memory_bytes > 2 * 4 * 4096 * 3072);
    assert_true(probe.cost_us > 300000);
    free(picture.bytes);
}

TEST(jpeg_beyond_a_limit_of_its_cost_is_refused_before_decoding)
{
    const struct picture picture = make_empty_scans(JPEG_SCANS_MAX);
    struct digit_image_limits limits = {65535, 1 << 30, UINT64_MAX, UINT64_MAX};
    struct digit_image_probe probe;
    struct digit_error error;

    assert_int_equal(digit_image_probe(&probe, picture.bytes, picture.size_bytes, &limits, NULL),
                     DIGIT_OK);
    limits.max_decoder_bytes = probe.memory_bytes;
    limits.max_cost_us = probe.cost_us;
    assert_int_equal(digit_image_probe(&probe, picture.bytes, picture.size_bytes, &limits, NULL),
                     DIGIT_OK);
    limits.max_decoder_bytes--;
    assert_int_equal(digit_image_probe(&probe, picture.bytes, picture.size_bytes, &limits, &error),
                     DIGIT_LIMIT);
    assert_non_null(strstr(error.message, "4096x3072 px that takes "));
    assert_non_null(strstr(error.message, "bytes of memory to decode, the limit is "));
    limits.max_decoder_bytes++;
    limits.max_cost_us--;
    assert_int_equal(digit_image_probe(&probe, picture.bytes, picture.size_bytes, &limits, &error),
                     DIGIT_LIMIT);
    assert_non_null(strstr(error.message, "microseconds to decode, the limit is "));
    free(picture.bytes);
}

TEST(jpeg_of_two_components_is_unsupported)
{
    assert_change_fails(FRAME, 9, 2, DIGIT_UNSUPPORTED, "2 components; 1, 3 and 4 are supported");
}

TEST(jpeg_frame_header_of_another_length_is_malformed)
{
    assert_change_fails(FRAME, 9, 3, DIGIT_MALFORMED,
                        "a frame header of 9 bytes for 3 components, which take 15");
}

TEST(jpeg_sampling_factors_are_from_1_to_4)
{
    assert_change_fails(FRAME, 11, 0x51, DIGIT_MALFORMED, "sampling factors 5x1");
    assert_change_fails(FRAME, 11, 0x10, DIGIT_MALFORMED, "sampling factors 1x0");
}

TEST_MAIN(cmocka_unit_test(jpeg_above_2560_px_is_reduced_to_means),
          cmocka_unit_test(jpeg_measure_counts_the_blocks_of_every_scan),
          cmocka_unit_test(jpeg_of_many_empty_scans_is_known_to_be_expensive),
          cmocka_unit_test(jpeg_beyond_a_limit_of_its_cost_is_refused_before_decoding),
          cmocka_unit_test(jpeg_of_two_components_is_unsupported),
          cmocka_unit_test(jpeg_frame_header_of_another_length_is_malformed),
          cmocka_unit_test(jpeg_sampling_factors_are_from_1_to_4),
          cmocka_unit_test(jpeg_of_every_kind_decodes),
          cmocka_unit_test(jpeg_with_restart_markers_decodes),
          cmocka_unit_test(jpeg_measure_finds_the_size),
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
