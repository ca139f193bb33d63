#include "server/format/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static void assert_text(float value, const char *expected)
{
    char text[NUMBER_TEXT_BYTES];
    assert_int_equal(number_format(text, value), strlen(expected));
    assert_string_equal(text, expected);
}

TEST(numbers_look_as_people_write_them)
{
    assert_text(0.0f, "0");
    assert_text(1.0f, "1");
    assert_text(0.1f, "0.1");
    assert_text(0.5f, "0.5");
    assert_text(0.999999f, "0.999999");
    assert_text(0.99999994f, "0.99999994");
    assert_text(0.000123f, "0.000123");
    assert_text(0.0001f, "0.0001");
    assert_text(0.0000999f, "9.99e-05");
    assert_text(1e-7f, "1e-07");
    assert_text(2.5e-10f, "2.5e-10");
    assert_text(1234.5f, "1234.5");
    assert_text(120000.0f, "120000");
    assert_text(-0.25f, "-0.25");
    assert_text(1e10f, "1e+10");
    assert_text(FLT_MIN, "1.1754944e-38");
    assert_text(-FLT_MAX, "-3.4028235e+38");
}

/* The text that printf writes with the fewest digits that read back as the same float. */
static void reference(char out[NUMBER_TEXT_BYTES], float value)
{
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(out, NUMBER_TEXT_BYTES, "%.*g", precision, (double)value);
        if (strtof(out, NULL) == value)
            return;
    }
}

static void check(float value)
{
    char text[NUMBER_TEXT_BYTES], expected[NUMBER_TEXT_BYTES];
    number_format(text, value);
    if (strtof(text, NULL) != value)
        fail_msg("%.9g is written as %s", (double)value, text);
    reference(expected, value);
    if (strlen(text) > strlen(expected))
        fail_msg("%.9g is written as %s, longer than %s", (double)value, text, expected);
}

/* Every 1999th float from the smallest above 0 to the largest, and all between 1 - 2^-10 and 1. */
TEST(any_float_comes_back_from_as_few_digits_as_printf_needs)
{
    for (uint32_t bits = 1; bits < 0x7f800000u; bits += 1999) {
        float value;
        memcpy(&value, &bits, sizeof value);
        check(value);
    }
    float value = 1.0f - 0x1p-10f;
    while (value < 1.0f) {
        check(value);
        value = nextafterf(value, 2.0f);
    }
}

TEST_MAIN(cmocka_unit_test(numbers_look_as_people_write_them),
          cmocka_unit_test(any_float_comes_back_from_as_few_digits_as_printf_needs))
