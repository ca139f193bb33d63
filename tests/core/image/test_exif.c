#include <stdlib.h>
#include <string.h>

#include "core/image/exif.h"

#include "tests/test.h"

#define DIRECTORY_AT 8
#define ENTRY_AT     (DIRECTORY_AT + 2)
#define TYPE_AT      (ENTRY_AT + 2)
#define COUNT_AT     (ENTRY_AT + 4)
#define VALUE_AT     (ENTRY_AT + 8)

/* One directory of one entry, orientation 6, in each byte order. */
static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
                                 0,   1,   0,  0, 0, 6, 0, 0, 0, 0, 0,    0,    0};
static const uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                              3,   0,   0, 0,  1, 0, 6, 0, 0, 0, 0,    0,    0};

/* Reads a copy in a block of exactly its size, so that a sanitizer detects reads beyond it. */
static unsigned orientation_of(const uint8_t *bytes, size_t size_bytes)
{
    uint8_t *block = malloc(size_bytes > 0 ? size_bytes : 1);

    assert_non_null(block);
    memcpy(block, bytes, size_bytes);

    const unsigned orientation = exif_orientation(block, size_bytes);

    free(block);
    return orientation;
}

/* The block in little-endian order with one byte changed. */
static unsigned orientation_with(size_t at, uint8_t value)
{
    uint8_t changed[sizeof little];

    memcpy(changed, little, sizeof little);
    changed[at] = value;
    return orientation_of(changed, sizeof changed);
}

TEST(exif_orientation_is_read_in_both_byte_orders)
{
    uint8_t changed[sizeof big];

    for (uint8_t value = 1; value <= EXIF_ORIENTATION_LAST; value++) {
        assert_int_equal(orientation_with(VALUE_AT, value), value);
        memcpy(changed, big, sizeof big);
        changed[VALUE_AT + 1] = value;
        assert_int_equal(orientation_of(changed, sizeof changed), value);
    }
}

TEST(exif_orientation_out_of_range_is_upright)
{
    assert_int_equal(orientation_with(VALUE_AT, 0), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(VALUE_AT, 9), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(VALUE_AT + 1, 1), EXIF_UPRIGHT);
}

TEST(exif_without_orientation_is_upright)
{
    assert_int_equal(orientation_with(ENTRY_AT, 0x13), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(DIRECTORY_AT, 0), EXIF_UPRIGHT);
}

TEST(exif_orientation_that_is_not_one_short_is_upright)
{
    assert_int_equal(orientation_with(TYPE_AT, 4), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(COUNT_AT, 2), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(COUNT_AT + 3, 1), EXIF_UPRIGHT);
}

TEST(exif_with_a_damaged_head_is_upright)
{
    assert_int_equal(orientation_with(0, 'M'), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(1, 'X'), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(2, 43), EXIF_UPRIGHT);
}

/* Within the header, at the last byte, at the end, far after it. */
TEST(exif_directory_at_a_hostile_offset_is_upright)
{
    static const uint32_t offsets[] = {
        0,          7,          9,         sizeof little - 2, sizeof little - 1, sizeof little,
        0x7fffffff, 0xfffffffe, 0xffffffff};
    uint8_t changed[sizeof little];

    memcpy(changed, little, sizeof little);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        for (int byte = 0; byte < 4; byte++)
            changed[4 + byte] = (uint8_t)(offsets[i] >> 8 * byte);
        assert_int_equal(orientation_of(changed, sizeof changed), EXIF_UPRIGHT);
    }
}

TEST(exif_directory_that_runs_over_the_block_is_upright)
{
    assert_int_equal(orientation_with(DIRECTORY_AT, 2), EXIF_UPRIGHT);
    assert_int_equal(orientation_with(DIRECTORY_AT + 1, 0xff), EXIF_UPRIGHT);
}

/* The four bytes after the entry are the offset of the next directory, which is not needed. */
TEST(exif_cut_anywhere_is_upright)
{
    for (size_t size_bytes = 0; size_bytes < ENTRY_AT + 12; size_bytes++) {
        assert_int_equal(orientation_of(little, size_bytes), EXIF_UPRIGHT);
        assert_int_equal(orientation_of(big, size_bytes), EXIF_UPRIGHT);
    }
    assert_int_equal(orientation_of(little, ENTRY_AT + 12), 6);
}

TEST(exif_first_of_two_orientations_counts)
{
    uint8_t two[ENTRY_AT + 2 * 12];

    memcpy(two, little, ENTRY_AT + 12);
    memcpy(two + ENTRY_AT + 12, little + ENTRY_AT, 12);
    two[DIRECTORY_AT] = 2;
    two[VALUE_AT + 12] = 3;
    assert_int_equal(orientation_of(two, sizeof two), 6);
}

/* Random bytes: nothing outside the block is read, and the orientation is one of the eight. */
TEST(exif_of_any_bytes_has_an_orientation)
{
    uint32_t random = 1;
    uint8_t changed[sizeof big];

    for (int round = 0; round < 20000; round++) {
        memcpy(changed, round % 2 ? big : little, sizeof changed);
        for (int change = 0; change < 3; change++) {
            random = random * 1664525 + 1013904223;
            changed[(random >> 8) % sizeof changed] = (uint8_t)(random >> 24);
        }
        assert_in_range(orientation_of(changed, sizeof changed), 1, EXIF_ORIENTATION_LAST);
    }
}

TEST_MAIN(cmocka_unit_test(exif_orientation_is_read_in_both_byte_orders),
          cmocka_unit_test(exif_orientation_out_of_range_is_upright),
          cmocka_unit_test(exif_without_orientation_is_upright),
          cmocka_unit_test(exif_orientation_that_is_not_one_short_is_upright),
          cmocka_unit_test(exif_with_a_damaged_head_is_upright),
          cmocka_unit_test(exif_directory_at_a_hostile_offset_is_upright),
          cmocka_unit_test(exif_directory_that_runs_over_the_block_is_upright),
          cmocka_unit_test(exif_cut_anywhere_is_upright),
          cmocka_unit_test(exif_first_of_two_orientations_counts),
          cmocka_unit_test(exif_of_any_bytes_has_an_orientation))
