#include "server/endpoints/predict_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/made_reader.h"
#include "tests/test.h"

#define CAPACITY          4
#define SIDE_PX           64
#define BMP_HEADER_BYTES  (14 + 40)
#define BMP_PALETTE_BYTES (256 * 4)
#define BMP_BYTES         (BMP_HEADER_BYTES + BMP_PALETTE_BYTES + SIDE_PX * SIDE_PX)

static float pixels[CAPACITY * DIGIT_PIXELS];
static uint8_t octets[CAPACITY * DIGIT_PIXELS];
static struct predict_source sources[CAPACITY];
static struct digit_prediction predictions[CAPACITY];
static struct digit_reading readings[DIGIT_DIGITS_MAX];
static uint8_t bmp[BMP_BYTES];
static struct made_reader reader;

static void put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Noise as an 8-bit grey BMP: it gives cause for many hypotheses. */
static int begin(void **state)
{
    (void)state;
    uint32_t random = 1;
    made_reader_create(&reader, NULL);
    memcpy(bmp, "BM", 2);
    put_u32(bmp + 2, BMP_BYTES);
    put_u32(bmp + 10, BMP_HEADER_BYTES + BMP_PALETTE_BYTES);
    put_u32(bmp + 14, 40);
    put_u32(bmp + 18, SIDE_PX);
    put_u32(bmp + 22, SIDE_PX);
    put_u32(bmp + 26, 1 | 8 << 16); /* planes, bits per pixel */
    for (uint32_t i = 0; i < 256; i++)
        put_u32(bmp + BMP_HEADER_BYTES + 4 * i, i << 16 | i << 8 | i);
    for (size_t i = BMP_HEADER_BYTES + BMP_PALETTE_BYTES; i < BMP_BYTES; i++) {
        random = random * 1664525 + 1013904223;
        bmp[i] = (uint8_t)(random >> 24);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    made_reader_destroy(&reader);
    return 0;
}

static struct predict_input make_input(void)
{
    return (struct predict_input){.pixels = pixels,
                                  .octets = octets,
                                  .sources = sources,
                                  .predictions = predictions,
                                  .capacity = CAPACITY,
                                  .reader = reader.reader,
                                  .readings = readings,
                                  .max_lines = 32,
                                  .max_digits = 128,
                                  .limits = {4096, SIZE_MAX, UINT64_MAX, UINT64_MAX}};
}

/* The warnings about octets of two levels. */
static unsigned warnings_of_octets(uint8_t lowest, uint8_t highest)
{
    struct predict_input input = make_input();
    struct fault fault;
    uint8_t digit[DIGIT_PIXELS];
    memset(digit, lowest, sizeof digit);
    digit[400] = highest;
    assert_int_equal(predict_read_octets(&input, 2, digit, &fault), PROBLEM_NONE);
    assert_memory_equal(predict_input_octets(&input, 2), digit, sizeof digit);
    assert_false(sources[2].is_picture || sources[2].is_read);
    return sources[2].receipt.warnings;
}

/* The same about numbers that were divided by `max`. */
static unsigned warnings_of_pixels(double lowest, double highest, double max)
{
    struct predict_input input = make_input();
    struct fault fault;
    float *out = predict_input_pixels(&input, 1);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)(lowest / max);
    out[400] = (float)(highest / max);
    assert_int_equal(predict_note_pixels(&input, 1, max, &fault), PROBLEM_NONE);
    return sources[1].receipt.warnings;
}

TEST(levels_of_octets_and_of_numbers_are_warned_of_alike)
{
    for (int lowest = 0; lowest < 256; lowest++)
        for (int highest = lowest; highest < 256; highest++) {
            unsigned expected = 0;
            if (highest == 1)
                expected = DIGIT_WARNING_MAX_PIXEL_IS_1;
            else if (highest > lowest && highest - lowest < 48)
                expected = DIGIT_WARNING_LOW_CONTRAST;
            assert_int_equal(warnings_of_octets((uint8_t)lowest, (uint8_t)highest), expected);
            assert_int_equal(warnings_of_pixels(lowest, highest, 255), expected);
        }
}

TEST(numbers_between_levels_are_warned_of)
{
    assert_int_equal(warnings_of_pixels(0, 0.001, 255), 0); /* as good as black */
    assert_int_equal(warnings_of_pixels(0, 0.5, 255), DIGIT_WARNING_MAX_PIXEL_IS_1);
    assert_int_equal(warnings_of_pixels(0, 1.1, 255), DIGIT_WARNING_LOW_CONTRAST);
    assert_int_equal(warnings_of_pixels(-0.0, 47.9, 255), DIGIT_WARNING_LOW_CONTRAST);
    assert_int_equal(warnings_of_pixels(-0.0, 48.1, 255), 0);
    /* With max 1, dark numbers are faint and nothing else. */
    assert_int_equal(warnings_of_pixels(0, 0.003, 1), DIGIT_WARNING_LOW_CONTRAST);
    assert_int_equal(warnings_of_pixels(0, 0.18, 1), DIGIT_WARNING_LOW_CONTRAST);
    assert_int_equal(warnings_of_pixels(0, 0.19, 1), 0);
    assert_int_equal(warnings_of_pixels(0, 1, 1), 0);
}

TEST(pixels_are_no_number)
{
    struct predict_input input = make_input();
    struct fault fault;
    input.many = true;
    assert_int_equal(predict_note_pixels(&input, 0, 255, &fault), PROBLEM_INVALID_INPUT);
    assert_int_equal(predict_read_octets(&input, 0, octets, &fault), PROBLEM_INVALID_INPUT);
}

static enum problem read_bmp(struct predict_input *input, size_t index, struct fault *fault)
{
    return predict_read_picture(input, index, bmp, sizeof bmp, PROBLEM_UNDECODABLE_IMAGE, fault);
}

TEST(a_picture_is_read_at_once)
{
    struct predict_input input = make_input();
    struct fault fault;
    sources[3] = (struct predict_source){.is_idx = true};
    assert_int_equal(read_bmp(&input, 3, &fault), PROBLEM_NONE);
    assert_true(input.has_picture);
    assert_true(sources[3].is_picture && sources[3].is_read && sources[3].is_octets);
    assert_false(sources[3].is_idx);
    assert_in_range(sources[3].hypotheses, 2, DIGIT_HYPOTHESES_MAX);
    assert_int_equal(input.decoding.count, 1);
    assert_int_equal(input.preprocessing.count, 1);
    assert_int_equal(input.inference.count, 1);
    assert_true(predictions[3].confidence > 0);
}

TEST(a_measured_picture_is_not_read)
{
    struct predict_input input = make_input();
    struct fault fault;
    input.is_measured = true;
    memset(sources, 0, sizeof sources);
    assert_int_equal(read_bmp(&input, 0, &fault), PROBLEM_NONE);
    assert_true(input.decoded_cost_us > 0);
    assert_int_equal(input.decoded_pixels, SIDE_PX * SIDE_PX);
    assert_false(input.has_picture || sources[0].is_read);
    assert_int_equal(input.decoding.count + input.preprocessing.count, 0);
}

/* The hypotheses about the first picture cost more than is left: the limit must not become a huge one. */
TEST(hypotheses_count_towards_the_cost_of_the_pictures)
{
    struct predict_input measured = make_input(), input = make_input();
    struct fault fault;
    measured.is_measured = true;
    assert_int_equal(read_bmp(&measured, 0, &fault), PROBLEM_NONE);
    input.limits.max_cost_us = measured.decoded_cost_us;
    assert_int_equal(read_bmp(&input, 0, &fault), PROBLEM_NONE);
    assert_true(input.decoded_cost_us > measured.decoded_cost_us);
    assert_int_equal(read_bmp(&input, 1, &fault), PROBLEM_IMAGE_TOO_LARGE);
    assert_non_null(strstr(fault.detail, "of the pictures before it"));
}

TEST(more_digits_cannot_be_asked_for_than_may_be_read)
{
    struct predict_input input = make_input();
    struct fault fault;
    input.many = true;
    input.exact = CAPACITY + 1;
    assert_int_equal(read_bmp(&input, 0, &fault), PROBLEM_TOO_MANY_INSTANCES);
    assert_string_equal(fault.detail, "digits is 5; the limit is 4");
    assert_int_equal(input.decoding.count, 0);
    input.max_digits = 2;
    input.exact = 3;
    assert_int_equal(read_bmp(&input, 0, &fault), PROBLEM_TOO_MANY_INSTANCES);
    assert_string_equal(fault.detail, "digits is 3; the limit is 2");
}

TEST(numbers_are_within_the_capacity_or_refused)
{
    struct predict_input input = make_input();
    struct fault fault;
    input.many = true;
    enum problem problem = read_bmp(&input, 0, &fault);
    if (problem == PROBLEM_NONE)
        assert_in_range(input.count, 0, CAPACITY);
    else
        assert_int_equal(problem, PROBLEM_TOO_MANY_INSTANCES);
    assert_true(input.has_picture);
    assert_true(input.preprocessing.count > 0);
}

TEST_MAIN_WITH(begin, end, cmocka_unit_test(levels_of_octets_and_of_numbers_are_warned_of_alike),
               cmocka_unit_test(numbers_between_levels_are_warned_of),
               cmocka_unit_test(pixels_are_no_number), cmocka_unit_test(a_picture_is_read_at_once),
               cmocka_unit_test(a_measured_picture_is_not_read),
               cmocka_unit_test(hypotheses_count_towards_the_cost_of_the_pictures),
               cmocka_unit_test(more_digits_cannot_be_asked_for_than_may_be_read),
               cmocka_unit_test(numbers_are_within_the_capacity_or_refused))
