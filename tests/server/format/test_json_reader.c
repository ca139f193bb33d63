#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "server/format/json_reader.h"

#include "tests/test.h"

/* A copy of the exact size, so that a sanitizer sees an overrun; the caller frees it. */
static uint8_t *exact_copy(const char *text, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    return copy;
}

/*
 * Reads to the end and returns the last token; the message is left in `message` if there is room.
 */
static enum json_token read_all(const char *text, size_t size, char message[160])
{
    uint8_t *copy = exact_copy(text, size);
    struct json_reader reader;
    enum json_token token;
    json_reader_init(&reader, copy, size);
    do
        token = json_next(&reader);
    while (token != JSON_END && token != JSON_MALFORMED);
    assert_int_equal(json_next(&reader), token);
    memcpy(message, reader.message, sizeof reader.message);
    free(copy);
    return token;
}

TEST(json_next_shows_the_tokens_in_order)
{
    const char *text =
        " {\"a\" : [1, -2.5e1,{}, []] ,\n\"b\":{\"c\":true,\"d\":false},\t\"e\":null,"
        "\"f\":\"g\"}\r\n";
    static const enum json_token expected[] = {
        JSON_OBJECT_BEGIN, JSON_KEY,          JSON_ARRAY_BEGIN, JSON_NUMBER,    JSON_NUMBER,
        JSON_OBJECT_BEGIN, JSON_OBJECT_END,   JSON_ARRAY_BEGIN, JSON_ARRAY_END, JSON_ARRAY_END,
        JSON_KEY,          JSON_OBJECT_BEGIN, JSON_KEY,         JSON_TRUE,      JSON_KEY,
        JSON_FALSE,        JSON_OBJECT_END,   JSON_KEY,         JSON_NULL,      JSON_KEY,
        JSON_STRING,       JSON_OBJECT_END,   JSON_END,
    };
    struct json_reader reader;
    json_reader_init(&reader, (const uint8_t *)text, strlen(text));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(json_next(&reader), expected[i]);
}

TEST(json_next_takes_any_value_alone)
{
    static const char *const taken[] = {"0", "-0", "\"\"", "true", "[]", "{}", " null ", "1E+2"};
    char message[160];
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        assert_int_equal(read_all(taken[i], strlen(taken[i]), message), JSON_END);
}

TEST(json_next_refuses_what_rfc_8259_refuses)
{
    static const char *const refused[] = {
        "",
        " ",
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1,,2]",
        "[1]]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{1:1}",
        "{,}",
        "[}",
        "{]",
        "01",
        "-01",
        "+1",
        "1.",
        ".5",
        "-.5",
        "-",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "tru",
        "True",
        "nulll",
        "'a'",
        "\"a",
        "\"\\\"",
        "\"\\q\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "\"\t\"",
        "1 1",
        "[1]x",
        "// c\n1",
        "[1/**/]",
        "\xef\xbb\xbf[]",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\v1",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud83d\\ud83d\"",
        "{\"\\ud800\":1}",
    };
    char message[160];
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (read_all(refused[i], strlen(refused[i]), message) != JSON_MALFORMED)
            fail_msg("taken: %s", refused[i]);
        assert_int_equal(strncmp(message, "byte ", 5), 0);
    }
    assert_int_equal(read_all("1\0", 2, message), JSON_MALFORMED);
    assert_int_equal(read_all("\"a\0b\"", 5, message), JSON_MALFORMED);
}

TEST(json_next_says_where_and_what)
{
    static const char *const cases[][2] = {
        {"[1,2", "byte 4: expected ',' or ']', but the text ends"},
        {"[1;2]", "byte 2: expected ',' or ']', found ';'"},
        {"{\"a\"=1}", "byte 4: expected ':', found '='"},
        {"[\x01]", "byte 1: expected a value, found byte 0x01"},
        {"[NaN]", "byte 1: expected a value, found 'N'"},
        {"[007]", "byte 4: a number has a leading zero"},
        {"{} {}", "byte 3: expected the end, found '{'"},
    };
    char message[160];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_all(cases[i][0], strlen(cases[i][0]), message), JSON_MALFORMED);
        assert_string_equal(message, cases[i][1]);
    }
}

TEST(json_next_stops_at_the_depth_limit)
{
    char message[160];
    assert_int_equal(read_all("[[[[[[[[]]]]]]]]", 16, message), JSON_END);
    assert_int_equal(read_all("[[[[[[[[[]]]]]]]]]", 18, message), JSON_MALFORMED);
    assert_string_equal(message, "byte 8: the nesting is deeper than 8 levels");
    const char *mixed = "{\"a\":[{\"a\":[{\"a\":[{\"a\":[{}]}]}]}]}";
    assert_int_equal(read_all(mixed, strlen(mixed), message), JSON_MALFORMED);
}

TEST(the_depth_limit_can_be_changed)
{
    static const uint8_t text[] = "[[[[[[[[[[1]]]]]]]]]]";
    struct json_reader reader;
    for (size_t depth = 9; depth <= 10; depth++) {
        enum json_token token;
        json_reader_init(&reader, text, sizeof text - 1);
        reader.max_depth = depth;
        while ((token = json_next(&reader)) != JSON_END && token != JSON_MALFORMED)
            ;
        assert_int_equal(token, depth < 10 ? JSON_MALFORMED : JSON_END);
    }
}

TEST(no_depth_limit_exceeds_the_capacity)
{
    uint8_t text[JSON_DEPTH_CAPACITY + 1];
    struct json_reader reader;
    memset(text, '[', sizeof text);
    json_reader_init(&reader, text, sizeof text);
    reader.max_depth = SIZE_MAX;
    for (size_t i = 0; i < JSON_DEPTH_CAPACITY; i++)
        assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    assert_int_equal(json_next(&reader), JSON_MALFORMED);
}

static double number(const char *text)
{
    uint8_t *copy = exact_copy(text, strlen(text));
    struct json_reader reader;
    json_reader_init(&reader, copy, strlen(text));
    assert_int_equal(json_next(&reader), JSON_NUMBER);
    free(copy);
    return reader.number;
}

TEST(json_next_reads_numbers_as_strtod_does)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "255",
        "254.99999999999",
        "0.1",
        "0.30000000000000004",
        "1e3",
        "1E-7",
        "-12.5",
        "123456789012345",
        "1234567890123456789",
        "5e-324",
        "2.2250738585072011e-308",
        "1e-400",
        "0.00000000001",
        "99999999999999.9",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s ", texts[i]);
        assert_true(number(texts[i]) == strtod(texts[i], NULL));
        assert_true(number(text) == strtod(texts[i], NULL));
    }
    assert_true(number("1e999") > 1e308);
    assert_true(number("-1e999") < -1e308);
}

TEST(json_next_reads_every_octet_and_its_fraction_exactly)
{
    char text[64];
    for (int i = 0; i <= 255; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_true(number(text) == i);
        snprintf(text, sizeof text, "%.17g", i / 255.0);
        assert_true(number(text) == i / 255.0);
        snprintf(text, sizeof text, "%.6f", i / 255.0);
        assert_true(number(text) == strtod(text, NULL));
    }
}

TEST(json_next_limits_the_length_of_a_number)
{
    char text[JSON_MAX_NUMBER_BYTES + 1], message[160];
    memset(text, '1', sizeof text);
    assert_int_equal(read_all(text, JSON_MAX_NUMBER_BYTES, message), JSON_END);
    assert_int_equal(read_all(text, JSON_MAX_NUMBER_BYTES + 1, message), JSON_MALFORMED);
}

TEST(json_string_decode_resolves_every_escape)
{
    const char *text = "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\\u0000z\"";
    const char expected[] = "a\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001f600\0z";
    struct json_reader reader;
    uint8_t out[128];
    json_reader_init(&reader, (const uint8_t *)text, strlen(text));
    assert_int_equal(json_next(&reader), JSON_STRING);
    assert_int_equal(json_string_decode(out, reader.string, reader.string_bytes),
                     sizeof expected - 1);
    assert_memory_equal(out, expected, sizeof expected - 1);
}

TEST(json_key_is_compares_what_escapes_stand_for)
{
    static const struct {
        const char *text;
        bool expected;
    } keys[] = {
        {"{\"max\":1}", true},         {"{\"m\\u0061x\":1}", true}, {"{\"MAX\":1}", false},
        {"{\"ma\":1}", false},         {"{\"maxi\":1}", false},     {"{\"\":1}", false},
        {"{\"max\\u0000\":1}", false},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct json_reader reader;
        json_reader_init(&reader, (const uint8_t *)keys[i].text, strlen(keys[i].text));
        assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
        assert_int_equal(json_next(&reader), JSON_KEY);
        assert_int_equal(json_key_is(&reader, "max"), keys[i].expected);
    }
}

#define NUMBERS_MAX 16

/* Reads the numbers of an array and the token after them; with json_more_numbers if `together`. */
static enum json_token read_array(double out[NUMBERS_MAX], size_t *count, const char *text,
                                  size_t size, bool together)
{
    uint8_t *copy = exact_copy(text, size);
    struct json_reader reader;
    enum json_token token;
    json_reader_init(&reader, copy, size);
    assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    *count = 0;
    while ((token = json_next(&reader)) == JSON_NUMBER && *count < NUMBERS_MAX) {
        out[(*count)++] = reader.number;
        if (together)
            *count += json_more_numbers(&reader, out + *count, NUMBERS_MAX - *count);
    }
    free(copy);
    return token;
}

TEST(json_more_numbers_reads_what_json_next_reads)
{
    static const char *const pieces[] = {"0",
                                         "7",
                                         "255",
                                         "0.5",
                                         "12.25",
                                         "00",
                                         "1.",
                                         "-1",
                                         ".5",
                                         "1e2",
                                         "1E2",
                                         "[",
                                         "]",
                                         " ",
                                         ",",
                                         ",",
                                         ",",
                                         ",",
                                         "1234567890123456",
                                         "0.123456789012345"};
    uint32_t random = 1;
    size_t met = 0;
    for (int i = 0; i < 200000; i++) {
        char text[256] = "[1";
        double alone[NUMBERS_MAX], together[NUMBERS_MAX];
        size_t alone_count, together_count;
        for (int j = 0; j < 9; j++) {
            random = random * 1664525U + 1013904223U;
            strcat(text, pieces[(random >> 16) % (sizeof pieces / sizeof pieces[0])]);
        }
        size_t size = strlen(text);
        enum json_token token = read_array(alone, &alone_count, text, size, false);
        assert_int_equal(read_array(together, &together_count, text, size, true), token);
        assert_int_equal(together_count, alone_count);
        assert_memory_equal(together, alone, alone_count * sizeof *alone);
        met += alone_count > 2;
    }
    assert_in_range(met, 5000, 200000);
}

TEST(json_more_numbers_reads_nothing_outside_an_array)
{
    static const char text[] = "{\"a\":1,2}";
    struct json_reader reader;
    double more;
    json_reader_init(&reader, (const uint8_t *)text, strlen(text));
    assert_int_equal(json_more_numbers(&reader, &more, 1), 0);
    while (json_next(&reader) != JSON_NUMBER)
        continue;
    assert_int_equal(json_more_numbers(&reader, &more, 1), 0);
    assert_int_equal(json_next(&reader), JSON_MALFORMED);
}

/*
 * cJSON accepts what this reader accepts; it accepts more, which is why the server does not use it.
 */
TEST(json_next_takes_nothing_that_cjson_refuses)
{
    static const char alphabet[] = "[]{},:\"\\ue-+.019tn a";
    uint32_t random = 1;
    size_t taken = 0;
    for (int i = 0; i < 300000; i++) {
        char text[8], message[160];
        size_t size = 1 + random % (sizeof text - 1);
        for (size_t j = 0; j < size; j++) {
            random = random * 1664525U + 1013904223U;
            text[j] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        if (read_all(text, size, message) != JSON_END)
            continue;
        taken++;
        cJSON *json = cJSON_ParseWithLength(text, size);
        assert_non_null(json);
        cJSON_Delete(json);
    }
    assert_in_range(taken, 1000, 300000);
}

TEST_MAIN(cmocka_unit_test(json_next_shows_the_tokens_in_order),
          cmocka_unit_test(json_next_takes_any_value_alone),
          cmocka_unit_test(json_next_refuses_what_rfc_8259_refuses),
          cmocka_unit_test(json_next_says_where_and_what),
          cmocka_unit_test(json_next_stops_at_the_depth_limit),
          cmocka_unit_test(the_depth_limit_can_be_changed),
          cmocka_unit_test(no_depth_limit_exceeds_the_capacity),
          cmocka_unit_test(json_next_reads_numbers_as_strtod_does),
          cmocka_unit_test(json_next_reads_every_octet_and_its_fraction_exactly),
          cmocka_unit_test(json_next_limits_the_length_of_a_number),
          cmocka_unit_test(json_string_decode_resolves_every_escape),
          cmocka_unit_test(json_key_is_compares_what_escapes_stand_for),
          cmocka_unit_test(json_more_numbers_reads_what_json_next_reads),
          cmocka_unit_test(json_more_numbers_reads_nothing_outside_an_array),
          cmocka_unit_test(json_next_takes_nothing_that_cjson_refuses))
