#include "server/endpoints/predict_idx.h"

#include <string.h>

#include "tests/test.h"

#define CAPACITY     3
#define HEADER_BYTES 16
#define FILE_BYTES   (HEADER_BYTES + (CAPACITY + 1) * DIGIT_PIXELS)

static uint8_t octets[CAPACITY * DIGIT_PIXELS];
static struct predict_source sources[CAPACITY];
static uint8_t file[FILE_BYTES];

static void put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint8_t octet_at(size_t i)
{
    return (uint8_t)(i * 7 + i / 256);
}

/* Writes a file with this header. Returns the size that the header implies. */
static size_t make_file(uint32_t magic, uint32_t count, uint32_t rows, uint32_t columns)
{
    put_u32(file, magic);
    put_u32(file + 4, count);
    put_u32(file + 8, rows);
    put_u32(file + 12, columns);
    for (size_t i = HEADER_BYTES; i < FILE_BYTES; i++)
        file[i] = octet_at(i - HEADER_BYTES);
    return HEADER_BYTES + (size_t)count * rows * columns;
}

static struct predict_input make_input(void)
{
    return (struct predict_input){.octets = octets, .sources = sources, .capacity = CAPACITY};
}

static void assert_refused(size_t size, enum problem expected, const char *detail)
{
    struct predict_input input = make_input();
    struct fault fault;
    assert_true(predict_is_idx(file, size));
    assert_int_equal(predict_read_idx(&input, file, size, &fault), expected);
    assert_non_null(strstr(fault.detail, detail));
}

TEST(all_images_of_a_file_are_read)
{
    for (uint32_t count = 1; count <= CAPACITY; count++) {
        struct predict_input input = make_input();
        struct fault fault;
        size_t size = make_file(0x803, count, 28, 28);
        memset(sources, 0xff, sizeof sources);
        assert_int_equal(predict_read_idx(&input, file, size, &fault), PROBLEM_NONE);
        assert_int_equal(input.count, count);
        for (size_t i = 0; i < count; i++)
            assert_true(sources[i].is_idx && sources[i].is_octets && !sources[i].is_picture);
        assert_true(input.batch);
        for (size_t i = 0; i < count; i++)
            assert_true(sources[i].is_octets && !sources[i].is_picture);
        for (size_t i = 0; i < count * DIGIT_PIXELS; i++)
            assert_int_equal(octets[i], octet_at(i));
    }
}

TEST(what_does_not_begin_as_a_file_of_octets_is_none)
{
    static const uint8_t floats[] = {0, 0, 13, 3}, short_one[] = {0, 0, 8};
    assert_false(predict_is_idx(floats, sizeof floats));
    assert_false(predict_is_idx(short_one, sizeof short_one));
    assert_false(predict_is_idx((const uint8_t *)"\x89PNG", 4));
    assert_false(predict_is_idx((const uint8_t *)"BM\0\0", 4));
    make_file(0x801, 1, 28, 28);
    assert_true(predict_is_idx(file, 4));
}

TEST(a_file_that_says_something_else_is_refused)
{
    assert_refused(make_file(0x801, 1, 28, 28), PROBLEM_INVALID_INPUT, "1 dimensions, must have 3");
    assert_refused(make_file(0x803, 1, 28, 29), PROBLEM_INVALID_INPUT, "28 rows of 29 pixels");
    assert_refused(make_file(0x803, 1, 27, 28), PROBLEM_INVALID_INPUT, "27 rows of 28 pixels");
    assert_refused(make_file(0x803, 0, 28, 28), PROBLEM_INVALID_INPUT,
                   "no image, must have 1 to 3");
    assert_refused(make_file(0x803, CAPACITY + 1, 28, 28), PROBLEM_TOO_MANY_INSTANCES,
                   "4 images; the limit is 3");
    make_file(0x803, UINT32_MAX, 28, 28);
    assert_refused(FILE_BYTES, PROBLEM_TOO_MANY_INSTANCES, "4294967295 images");
}

TEST(a_file_of_another_size_is_refused)
{
    size_t size = make_file(0x803, 2, 28, 28);
    assert_refused(size - 1, PROBLEM_INVALID_INPUT,
                   "has 1583 bytes; for 2 images it must have 1584");
    assert_refused(size + 1, PROBLEM_INVALID_INPUT, "has 1585 bytes");
    assert_refused(HEADER_BYTES, PROBLEM_INVALID_INPUT, "has 16 bytes");
    for (size_t cut = 4; cut < HEADER_BYTES; cut++)
        assert_refused(cut, PROBLEM_INVALID_INPUT, "of the 16 bytes of its header");
}

TEST(many_digits_are_not_looked_for_in_pixels)
{
    struct predict_input input = make_input();
    struct fault fault;
    input.many = true;
    size_t size = make_file(0x803, 2, 28, 28);
    assert_int_equal(predict_read_idx(&input, file, size, &fault), PROBLEM_INVALID_INPUT);
    assert_non_null(strstr(fault.detail, "digits=many"));
}

TEST_MAIN(cmocka_unit_test(all_images_of_a_file_are_read),
          cmocka_unit_test(what_does_not_begin_as_a_file_of_octets_is_none),
          cmocka_unit_test(a_file_that_says_something_else_is_refused),
          cmocka_unit_test(a_file_of_another_size_is_refused),
          cmocka_unit_test(many_digits_are_not_looked_for_in_pixels))
