#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/text.h"

#include "tests/test.h"

static void assert_json_string(const char *chars, const char *expected)
{
    struct text text;
    text_init(&text, 4096);
    text_json_string(&text, chars);
    assert_false(text_failed(&text));
    assert_string_equal(text_chars(&text), expected);
    text_release(&text);
}

TEST(text_grows_and_stays_terminated)
{
    struct text text;
    text_init(&text, 100000);
    assert_string_equal(text_chars(&text), "");
    for (int i = 0; i < 10000; i++)
        text_format(&text, "%d", i % 10);
    assert_false(text_failed(&text));
    assert_int_equal(text.size, 10000);
    assert_int_equal(strlen(text_chars(&text)), 10000);
    assert_memory_equal(text_chars(&text) + 9990, "0123456789", 10);
    text_release(&text);
}

TEST(text_in_a_room_stays_there)
{
    char room[6];
    struct text text;
    text_init_in(&text, room, sizeof room);
    assert_string_equal(text_chars(&text), "");
    text_append(&text, "123");
    text_append(&text, "45");
    assert_false(text_failed(&text));
    assert_string_equal(room, "12345");
    text_append(&text, "6");
    assert_true(text_failed(&text));
    assert_string_equal(room, "12345");
}

TEST(text_ends_at_its_limit_and_remembers)
{
    struct text text;
    text_init(&text, 5);
    text_append(&text, "12345");
    assert_false(text_failed(&text));
    text_append(&text, "");
    assert_false(text_failed(&text));
    text_append(&text, "6");
    assert_true(text_failed(&text));
    assert_string_equal(text_chars(&text), "12345");
    text_clear(&text);
    text_append(&text, "again");
    assert_false(text_failed(&text));
    text_format(&text, "%s", "x");
    assert_true(text_failed(&text));
    text_clear(&text);
    assert_false(text_failed(&text));
    assert_string_equal(text_chars(&text), "");
    text_release(&text);
}

TEST(text_json_string_escapes_what_json_forbids)
{
    assert_json_string("", "\"\"");
    assert_json_string("a\"b\\c/", "\"a\\\"b\\\\c/\"");
    assert_json_string("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
    assert_json_string("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"");
}

TEST(text_json_string_escapes_what_a_terminal_obeys)
{
    assert_json_string("\xc2\x80\xc2\x85\xc2\x9b\xc2\x9f\u00a0",
                       "\"\\u0080\\u0085\\u009b\\u009f\u00a0\"");
    assert_json_string("\u061b\u061c\u061d", "\"\u061b\\u061c\u061d\"");
    assert_json_string("\u200d\u200e\u200f\u2010", "\"\u200d\\u200e\\u200f\u2010\"");
    assert_json_string("\u2027\u2028\u2029\u202a\u202e\u202f",
                       "\"\u2027\\u2028\\u2029\\u202a\\u202e\u202f\"");
    assert_json_string("\u2065\u2066\u2069\u206a", "\"\u2065\\u2066\\u2069\u206a\"");
    assert_json_string("\ufeff\uff00", "\"\\ufeff\uff00\"");
    assert_json_string("\x9b", "\"\ufffd\"");
}

TEST(text_json_string_is_utf8_whatever_comes_in)
{
    assert_json_string("\u00e9\u20ac\U0001f600", "\"\u00e9\u20ac\U0001f600\"");
    assert_json_string("a\xff"
                       "b",
                       "\"a\ufffd"
                       "b\"");
    assert_json_string("\xc0\x80", "\"\ufffd\ufffd\"");
    assert_json_string("\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\"");
    assert_json_string("\xe2\x82", "\"\ufffd\ufffd\"");
}

static void assert_number(float value, const char *expected)
{
    struct text text;
    text_init(&text, 64);
    text_number(&text, value);
    assert_false(text_failed(&text));
    if (expected != NULL)
        assert_string_equal(text_chars(&text), expected);
    assert_true(strtof(text_chars(&text), NULL) == value);
    text_release(&text);
}

TEST(text_count_is_decimal)
{
    static const size_t counts[] = {0, 7, 10, 4096, SIZE_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char expected[32];
        struct text text;
        snprintf(expected, sizeof expected, "%zu", counts[i]);
        text_init(&text, 64);
        text_count(&text, counts[i]);
        assert_string_equal(text_chars(&text), expected);
        text_release(&text);
    }
}

TEST(text_number_is_the_shortest_that_reads_back)
{
    assert_number(0.0F, "0");
    assert_number(1.0F, "1");
    assert_number(0.1F, "0.1");
    assert_number(1.0F / 3.0F, "0.33333334");
    assert_number(0.99999994F, "0.99999994");
    assert_number(-2.5F, "-2.5");
    assert_number(1e-45F, NULL);
    assert_number(3.4028235e38F, "3.4028235e+38");
}

TEST(text_number_reads_back_for_many_floats)
{
    uint32_t bits = 12345;
    for (int i = 0; i < 20000; i++) {
        float value;
        bits = bits * 1664525U + 1013904223U;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            assert_number(value, NULL);
    }
}

TEST(text_number_needs_no_more_room_than_it_takes)
{
    char room[sizeof "0.25,1e-07"];
    for (size_t bytes = 1; bytes <= sizeof room; bytes++) {
        struct text text;
        text_init_in(&text, room, bytes);
        text_numbers(&text, (const float[]){0.25F, 1e-7F}, 2);
        assert_int_equal(text_failed(&text), bytes < sizeof room);
    }
    assert_string_equal(room, "0.25,1e-07");
}

TEST(text_numbers_have_commas_between_them)
{
    struct text text;
    text_init(&text, 256);
    text_numbers(&text, NULL, 0);
    assert_string_equal(text_chars(&text), "");
    text_numbers(&text, (const float[]){1}, 1);
    assert_string_equal(text_chars(&text), "1");
    text_append(&text, ";");
    text_numbers(&text, (const float[]){0, 0.5F, 1e-9F}, 3);
    assert_string_equal(text_chars(&text), "1;0,0.5,1e-09");
    text_release(&text);
}

TEST(text_number_refuses_what_json_cannot_say)
{
    const float values[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        struct text text;
        text_init(&text, 64);
        text_number(&text, values[i]);
        assert_true(text_failed(&text));
        text_release(&text);
    }
}

TEST_MAIN(cmocka_unit_test(text_grows_and_stays_terminated),
          cmocka_unit_test(text_in_a_room_stays_there),
          cmocka_unit_test(text_ends_at_its_limit_and_remembers),
          cmocka_unit_test(text_json_string_escapes_what_json_forbids),
          cmocka_unit_test(text_json_string_escapes_what_a_terminal_obeys),
          cmocka_unit_test(text_json_string_is_utf8_whatever_comes_in),
          cmocka_unit_test(text_count_is_decimal),
          cmocka_unit_test(text_number_is_the_shortest_that_reads_back),
          cmocka_unit_test(text_number_reads_back_for_many_floats),
          cmocka_unit_test(text_number_needs_no_more_room_than_it_takes),
          cmocka_unit_test(text_numbers_have_commas_between_them),
          cmocka_unit_test(text_number_refuses_what_json_cannot_say))
