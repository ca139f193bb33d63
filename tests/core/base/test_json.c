#include "core/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/failure.h"
#include "tests/test.h"

#define MAX_DEPTH   16
#define MAX_MEMBERS 512

static struct digit_error error;

static cJSON *parse(const char *text)
{
    cJSON *json = NULL;
    if (json_parse(&json, text, strlen(text), "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return json;
}

static void assert_bytes_malformed(const char *text, size_t size_bytes, const char *words)
{
    /* A copy of exactly that length, so that a sanitizer detects reads beyond it. */
    char *copy = malloc(size_bytes > 0 ? size_bytes : 1);
    assert_non_null(copy);
    memcpy(copy, text, size_bytes);
    cJSON *json = NULL;
    enum digit_status status = json_parse(&json, copy, size_bytes, "here", &error);
    free(copy);
    assert_failure(status, &error, DIGIT_MALFORMED, words);
    assert_non_null(strstr(error.message, "here: "));
    assert_null(json);
}

static void assert_malformed(const char *text, const char *words)
{
    assert_bytes_malformed(text, strlen(text), words);
}

TEST(json_parse_takes_every_kind_of_value)
{
    static const char *const texts[] = {
        "{}",    "[]",     "\"\"",
        "0",     "-1.5e3", "true",
        "false", "null",   " \t\r\n{\"a\": [1, {\"b\": null}]} \t\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cJSON_Delete(parse(texts[i]));
}

TEST(json_parse_names_the_byte_that_is_not_json)
{
    assert_malformed("", "not JSON at byte 0");
    assert_malformed("   ", "not JSON at byte");
    assert_malformed("nil", "not JSON at byte 0");
    assert_malformed("{\"a\": }", "not JSON at byte 6");
    assert_malformed("{\"a\" 1}", "not JSON at byte 5");
    assert_malformed("{a: 1}", "not JSON at byte");
    assert_malformed("[1, 2", "not JSON at byte");
    assert_malformed("\"open", "not JSON at byte");
    assert_malformed("\"\\x\"", "not JSON at byte");
    assert_malformed("\"\\ud800\"", "not JSON at byte");
    assert_malformed("-", "not JSON at byte");
}

TEST(json_parse_of_every_beginning_of_a_document_fails)
{
    const char *text = "{\"name\": [\"\\u00e9\\n\", -1.5e2, true, null, {\"deep\": \"x\"}]}";
    for (size_t length = 0; length < strlen(text); length++)
        assert_bytes_malformed(text, length, "not JSON");
    cJSON_Delete(parse(text));
}

TEST(json_parse_refuses_text_after_the_value)
{
    assert_malformed("{} x", "text after the JSON value at byte 3");
    assert_malformed("{}{}", "text after the JSON value at byte 2");
    assert_malformed("1.5.5", "text after the JSON value at byte 3");
    assert_bytes_malformed("{}\0", 3, "text after the JSON value at byte 2");
}

TEST(json_parse_refuses_a_key_that_stands_twice_at_any_depth)
{
    assert_malformed("{\"a\": 1, \"b\": 2, \"a\": 1}", "key \"a\" is given twice");
    assert_malformed("{\"x\": {\"a\": 1, \"a\": 2}}", "key \"a\" is given twice");
    assert_malformed("[1, [{\"x\": [{\"q\": 1, \"q\": 2}]}]]", "key \"q\" is given twice");
    assert_malformed("{\"a\": 1, \"\\u0061\": 2}", "key \"a\" is given twice");
    cJSON_Delete(parse("{\"a\": {\"a\": 1}, \"A\": [{\"a\": 1}, {\"a\": 1}]}"));
}

/* cJSON ends strings at the first NUL; the rest would be lost silently. */
TEST(json_parse_refuses_a_nul_inside_a_string)
{
    assert_malformed("{\"type\": \"relu\\u0000x\"}", "\\u0000");
    assert_malformed("{\"type\\u0000x\": 1}", "\\u0000");
    cJSON_Delete(parse("[\"\\\\u0000\", \"\\u0001\"]"));
}

static void nest(char *out, size_t depth, const char *open, const char *close)
{
    out[0] = '\0';
    for (size_t i = 0; i < depth; i++)
        strcat(out, open);
    strcat(out, "1");
    for (size_t i = 0; i < depth; i++)
        strcat(out, close);
}

TEST(json_parse_bounds_the_depth)
{
    char text[256];
    nest(text, MAX_DEPTH, "[", "]");
    cJSON_Delete(parse(text));
    nest(text, MAX_DEPTH, "{\"a\":", "}");
    cJSON_Delete(parse(text));
    nest(text, MAX_DEPTH + 1, "[", "]");
    assert_malformed(text, "nested deeper than 16");
    nest(text, MAX_DEPTH + 1, "{\"a\":", "}");
    assert_malformed(text, "nested deeper than 16");
    cJSON_Delete(parse("[\"[[[[[[[[[[[[[[[[[[[[\", \"\\\"{{{{{{{{{{{{{{{{{{{{\"]"));
}

/* {"k0":0,"k1":0,...} of `count` members; the caller frees it. */
static char *many_members(size_t count)
{
    char *text = malloc(count * 16 + 3);
    assert_non_null(text);
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += (size_t)sprintf(text + length, "%s\"k%zu\":0", i == 0 ? "{" : ",", i);
    strcpy(text + length, "}");
    return text;
}

TEST(json_parse_bounds_the_members_of_an_object)
{
    char *text = many_members(MAX_MEMBERS);
    cJSON_Delete(parse(text));
    free(text);
    text = many_members(MAX_MEMBERS + 1);
    assert_malformed(text, "an object has more than 512 keys");
    free(text);
}

TEST(json_check_keys_names_the_unknown_key)
{
    static const char *const keys[] = {"port", "host"};
    cJSON *json = parse("{\"port\": 1, \"Host\": 2}");
    assert_failure(json_check_keys(json, keys, 2, "here", &error), &error, DIGIT_INVALID,
                   "here: unknown key \"Host\"");
    cJSON_Delete(json);
    json = parse("{\"host\": 1}");
    assert_int_equal(json_check_keys(json, keys, 2, "here", &error), DIGIT_OK);
    cJSON_Delete(json);
    json = parse("[1]");
    assert_failure(json_check_keys(json, keys, 2, "here", &error), &error, DIGIT_INVALID,
                   "here: not a JSON object");
    cJSON_Delete(json);
}

TEST(json_has_is_case_sensitive)
{
    cJSON *json = parse("{\"a\": null}");
    assert_true(json_has(json, "a"));
    assert_false(json_has(json, "A"));
    cJSON_Delete(json);
}

/* One document for the getters below. */
static const char *const values = "{\"text\": \"t\", \"empty\": \"\", \"yes\": true, \"no\": false,"
                                  " \"three\": 3, \"half\": 0.5, \"minus\": -1, \"null\": null,"
                                  " \"exact\": 9007199254740992, \"inexact\": 9007199254740994,"
                                  " \"huge\": 1e999, \"array\": [3]}";

TEST(json_get_string_wants_a_string)
{
    cJSON *json = parse(values);
    const char *out = NULL;
    assert_int_equal(json_get_string(&out, json, "text", "here", &error), DIGIT_OK);
    assert_string_equal(out, "t");
    assert_int_equal(json_get_string(&out, json, "empty", "here", &error), DIGIT_OK);
    assert_string_equal(out, "");
    assert_failure(json_get_string(&out, json, "three", "here", &error), &error, DIGIT_INVALID,
                   "here: \"three\" must be a string");
    assert_failure(json_get_string(&out, json, "gone", "here", &error), &error, DIGIT_INVALID,
                   "here: key \"gone\" is missing");
    cJSON_Delete(json);
}

TEST(json_get_bool_wants_true_or_false)
{
    cJSON *json = parse(values);
    bool out = false;
    assert_int_equal(json_get_bool(&out, json, "yes", "here", &error), DIGIT_OK);
    assert_true(out);
    assert_int_equal(json_get_bool(&out, json, "no", "here", &error), DIGIT_OK);
    assert_false(out);
    assert_failure(json_get_bool(&out, json, "null", "here", &error), &error, DIGIT_INVALID,
                   "here: \"null\" must be true or false");
    assert_failure(json_get_bool(&out, json, "gone", "here", &error), &error, DIGIT_INVALID,
                   "here: key \"gone\" is missing");
    cJSON_Delete(json);
}

TEST(json_get_number_names_value_and_range)
{
    static const struct {
        const char *key, *words;
    } failures[] = {
        {"gone", "here: key \"gone\" is missing"},
        {"text", "here: \"text\" must be a number"},
        {"array", "here: \"array\" must be a number"},
        {"three", "here: \"three\" is 3, must be -1 to 0.5"},
        {"huge", "here: \"huge\" is inf, must be -1 to 0.5"},
    };
    cJSON *json = parse(values);
    double out = 0.0;
    assert_int_equal(json_get_number(&out, json, "half", -1.0, 0.5, "here", &error), DIGIT_OK);
    assert_true(out == 0.5);
    assert_int_equal(json_get_number(&out, json, "minus", -1.0, 0.5, "here", &error), DIGIT_OK);
    assert_true(out == -1.0);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        assert_failure(json_get_number(&out, json, failures[i].key, -1.0, 0.5, "here", &error),
                       &error, DIGIT_INVALID, failures[i].words);
    cJSON_Delete(json);
}

TEST(json_get_number_tells_a_value_from_the_limit_that_it_exceeds)
{
    cJSON *json = parse("{\"x\": 1.0000001}");
    double out = 0.0;
    assert_failure(json_get_number(&out, json, "x", 0.0, 1.0, "here", &error), &error,
                   DIGIT_INVALID, "\"x\" is 1.0000001, must be 0 to 1");
    cJSON_Delete(json);
}

TEST(json_get_size_names_value_and_range)
{
    static const struct {
        const char *key;
        size_t min, max;
        const char *words;
    } failures[] = {
        {"gone", 0, 9, "here: key \"gone\" is missing"},
        {"text", 0, 9, "here: \"text\" must be a whole number"},
        {"half", 0, 9, "here: \"half\" must be a whole number"},
        {"minus", 0, 9, "here: \"minus\" is -1, must be 0 to 9"},
        {"three", 4, 9, "here: \"three\" is 3, must be 4 to 9"},
        {"three", 0, 2, "here: \"three\" is 3, must be 0 to 2"},
        {"huge", 0, 9, "here: \"huge\" is inf, must be 0 to 9"},
    };
    cJSON *json = parse(values);
    size_t out = 0;
    assert_int_equal(json_get_size(&out, json, "three", 3, 3, "here", &error), DIGIT_OK);
    assert_int_equal(out, 3);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        assert_failure(json_get_size(&out, json, failures[i].key, failures[i].min, failures[i].max,
                                     "here", &error),
                       &error, DIGIT_INVALID, failures[i].words);
    cJSON_Delete(json);
}

TEST(json_get_size_stops_where_numbers_are_no_longer_exact)
{
    cJSON *json = parse(values);
    size_t out = 0;
    assert_int_equal(json_get_size(&out, json, "exact", 0, SIZE_MAX, "here", &error), DIGIT_OK);
    assert_int_equal(out, 9007199254740992);
    assert_failure(json_get_size(&out, json, "inexact", 0, SIZE_MAX, "here", &error), &error,
                   DIGIT_INVALID, "is 9007199254740994, must be 0 to 9007199254740992");
    cJSON_Delete(json);
}

TEST_MAIN(cmocka_unit_test(json_parse_takes_every_kind_of_value),
          cmocka_unit_test(json_parse_names_the_byte_that_is_not_json),
          cmocka_unit_test(json_parse_of_every_beginning_of_a_document_fails),
          cmocka_unit_test(json_parse_refuses_text_after_the_value),
          cmocka_unit_test(json_parse_refuses_a_key_that_stands_twice_at_any_depth),
          cmocka_unit_test(json_parse_refuses_a_nul_inside_a_string),
          cmocka_unit_test(json_parse_bounds_the_depth),
          cmocka_unit_test(json_parse_bounds_the_members_of_an_object),
          cmocka_unit_test(json_check_keys_names_the_unknown_key),
          cmocka_unit_test(json_has_is_case_sensitive),
          cmocka_unit_test(json_get_string_wants_a_string),
          cmocka_unit_test(json_get_bool_wants_true_or_false),
          cmocka_unit_test(json_get_number_names_value_and_range),
          cmocka_unit_test(json_get_number_tells_a_value_from_the_limit_that_it_exceeds),
          cmocka_unit_test(json_get_size_names_value_and_range),
          cmocka_unit_test(json_get_size_stops_where_numbers_are_no_longer_exact))
