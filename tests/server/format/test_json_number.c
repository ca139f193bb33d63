#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/json_number.h"

#include "tests/test.h"

#define TEXT_BYTES  512
#define NUMBERS_MAX 64

static uint32_t random_state;

/* A random number from 0 to below - 1. */
static size_t random_below(size_t below)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (random_state >> 8) % below;
}

/* A copy of the exact size, so that a sanitizer sees an overrun; the caller frees it. */
static uint8_t *exact_copy(const char *text, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    return copy;
}

/*
 * The length of the plain number at the beginning of the text, and its value; 0 if there is none.
 */
static size_t plain(double *out, const char *text)
{
    size_t size = strlen(text), taken;
    uint8_t *copy = exact_copy(text, size);
    const uint8_t *behind = json_number_plain(out, copy, copy + size);
    taken = behind != NULL ? (size_t)(behind - copy) : 0;
    free(copy);
    return taken;
}

/* `behind` more bytes follow the number: eight or more of them are read as a word. */
static void assert_as_strtod(const char *number, size_t behind)
{
    char text[TEXT_BYTES];
    double value = -1, expected = strtod(number, NULL);
    snprintf(text, sizeof text, "%s%.*s", number, (int)behind, ", 0, 0, 0, 0, 0, 0, 0");
    size_t taken = plain(&value, text);
    if (taken != strlen(number) || memcmp(&value, &expected, sizeof value) != 0)
        fail_msg("%s: %zu bytes give %.17g, not %.17g", text, taken, value, expected);
}

TEST(json_number_plain_reads_what_strtod_reads)
{
    random_state = 1;
    for (int i = 0; i < 400000; i++) {
        char number[TEXT_BYTES];
        size_t whole = 1 + random_below(JSON_PLAIN_DIGITS), at = 0;
        size_t places = random_below(JSON_PLAIN_DIGITS - whole + 1);
        if (random_below(2) == 0) {
            whole = 1;
            places = random_below(JSON_PLAIN_DIGITS);
        }
        number[at++] = (char)('0' + (whole == 1 ? random_below(10) : 1 + random_below(9)));
        while (at < whole)
            number[at++] = (char)('0' + random_below(10));
        if (places > 0)
            number[at++] = '.';
        for (size_t j = 0; j < places; j++)
            number[at++] = (char)('0' + random_below(10));
        number[at] = '\0';
        assert_as_strtod(number, 1 + random_below(16));
    }
}

/*
 * A value halfway between two doubles rounds to the even one; one more or less in the last digit
 * decides.
 */
TEST(json_number_plain_rounds_halves_to_even)
{
    static const char *const numbers[] = {
        "9007199254740992",     "9007199254740993",     "9007199254740994",
        "9007199254740995",     "9007199254740993.0",   "9007199254740993.1",
        "9007199254740992.9",   "4503599627370496.5",   "4503599627370497.5",
        "4503599627370496.49",  "4503599627370496.51",  "1125899906842624.125",
        "1125899906842624.375", "1125899906842624.124", "1125899906842624.126",
        "9223372036854775807",  "9223372036854775808",  "9223372036854774784",
        "9999999999999999999",  "9223372036854775295",  "9223372036854775296",
        "9223372036854775297",  "0.100000000000000005", "0.000000000000000001",
        "0.999999999999999999", "0.500000000000000001", "0.0000000000000000",
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_as_strtod(numbers[i], 1);
        assert_as_strtod(numbers[i], 16);
    }
}

TEST(json_number_plain_leaves_what_is_not_plain)
{
    static const char *const others[] = {
        "",           "-1", "+1",  "a.5", "..5",  ".5",    "a",     "00",   "01",   "00.5",
        "0123456789", "1.", "1e2", "1E2", "1.e2", "1.5e2", "1.5E2", "1..2", "1.5.", "1.2.3"};
    double value;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[TEXT_BYTES];
        snprintf(text, sizeof text, "%s,", others[i]);
        assert_int_equal(plain(&value, text), 0);
        snprintf(text, sizeof text, "%s, 2, 3, 4, 5, 6", others[i]);
        assert_int_equal(plain(&value, text), 0);
    }
    /* The text ends with the number. */
    assert_int_equal(plain(&value, "1"), 0);
    assert_int_equal(plain(&value, "255"), 0);
    assert_int_equal(plain(&value, "0.5"), 0);
    assert_int_equal(plain(&value, "12345678"), 0);
    assert_int_equal(plain(&value, "0.12345678"), 0);
    /* Too many digits. */
    assert_int_equal(plain(&value, "1234567890123456789,"), 19);
    assert_int_equal(plain(&value, "12345678901234567890,"), 0);
    assert_int_equal(plain(&value, "0.12345678901234567890,"), 0);
    assert_int_equal(plain(&value, "123456789012345.67890,"), 0);
    /* The neighbours of digits in ASCII, and digits with their highest bit set. */
    assert_int_equal(plain(&value, "0:,,,,,,,"), 1);
    assert_int_equal(plain(&value, "0/,,,,,,,"), 1);
    assert_int_equal(plain(&value, "12\xb0,,,,,,,"), 2);
    assert_int_equal(plain(&value, "12\xff,,,,,,,"), 2);
}

/* What the header says of json_number_elements(), one number at a time. */
static size_t reference(double *out, size_t room, const uint8_t **at, const uint8_t *end)
{
    size_t count;
    for (count = 0; count < room && *at < end && **at == ','; count++) {
        const uint8_t *number = *at + 1;
        while (number < end && (*number == ' ' || *number == '\n'))
            number++;
        const uint8_t *behind = json_number_plain(&out[count], number, end);
        if (behind == NULL)
            break;
        *at = behind;
    }
    return count;
}

static void compare(const char *text, size_t size, size_t room)
{
    double values[NUMBERS_MAX + 1] = {0}, expected[NUMBERS_MAX + 1] = {0};
    uint8_t *copy = exact_copy(text, size);
    const uint8_t *at = copy, *expected_at = copy;
    size_t count = json_number_elements(values, room, &at, copy + size);
    size_t expected_count = reference(expected, room, &expected_at, copy + size);
    if (count != expected_count || at != expected_at ||
        memcmp(values, expected, sizeof values) != 0)
        fail_msg("of %zu: %zu numbers, not %zu, in %.*s", room, count, expected_count, (int)size,
                 text);
    free(copy);
}

/* Repetitions of an element, in which one byte may differ and the end may be missing. */
TEST(json_number_elements_reads_repetitions_as_single_numbers)
{
    static const char *const elements[] = {
        ", 0", ",0", ", 0.0", ",\n  255", ",1", ", 0.4980392156862745", ",10", ",7, 7", ",0]",
    };
    static const char others[] = "0123456789,. \n]e-+";
    random_state = 1;
    for (int i = 0; i < 300000; i++) {
        char text[TEXT_BYTES] = "";
        size_t size = 0;
        for (size_t runs = 1 + random_below(4); runs > 0; runs--) {
            const char *element = elements[random_below(sizeof elements / sizeof elements[0])];
            size_t length = strlen(element), repeated = 1 + random_below(40);
            for (; repeated > 0 && size + length <= sizeof text; repeated--, size += length)
                memcpy(text + size, element, length);
        }
        if (random_below(2) == 0)
            text[random_below(size)] = others[random_below(sizeof others - 1)];
        compare(text, size - random_below(2) * random_below(size), random_below(NUMBERS_MAX + 1));
    }
}

TEST(json_number_elements_reads_no_more_than_there_is_room_for)
{
    const uint8_t text[] = ",0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]";
    for (size_t room = 0; room <= 20; room++) {
        double values[21] = {0};
        const uint8_t *at = text;
        values[room] = -1;
        size_t count = json_number_elements(values, room, &at, text + sizeof text - 1);
        assert_int_equal(count, room < 16 ? room : 16);
        assert_ptr_equal(at, text + 2 * count);
        assert_true(values[room] == -1);
    }
}

TEST_MAIN(cmocka_unit_test(json_number_plain_reads_what_strtod_reads),
          cmocka_unit_test(json_number_plain_rounds_halves_to_even),
          cmocka_unit_test(json_number_plain_leaves_what_is_not_plain),
          cmocka_unit_test(json_number_elements_reads_repetitions_as_single_numbers),
          cmocka_unit_test(json_number_elements_reads_no_more_than_there_is_room_for))
