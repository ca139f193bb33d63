#include "server/observe/log_line.h"

#include <math.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "tests/test.h"

static char line[LOG_LINE_BYTES + 1];

/* Formats a line; its size must be that of its text, with one line feed, at the end. */
static void format(enum log_level level, const char *message, const struct log_field *fields,
                   size_t field_count)
{
    size_t size_bytes = log_line_format(line, level, message, fields, field_count);
    assert_true(size_bytes > 0);
    assert_int_equal(strlen(line), size_bytes);
    assert_ptr_equal(strchr(line, '\n'), line + size_bytes - 1);
}

static cJSON *parsed_line(void)
{
    cJSON *object = cJSON_Parse(line);
    assert_non_null(object);
    return object;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(value);
    return value;
}

TEST(line_holds_time_level_message_and_fields_in_order)
{
    format(LOG_WARNING, "something",
           LOG_FIELDS(log_text("text", "a \"b\"\n"), log_size("size", SIZE_MAX),
                      log_number("number", 0.00125), log_bool("yes", true), log_bool("no", false),
                      log_text("none", NULL), log_number("infinite", HUGE_VAL)));
    assert_string_equal(
        strchr(line, ',') + 1,
        "\"level\":\"warning\",\"msg\":\"something\",\"text\":\"a \\\"b\\\"\\n\","
        "\"size\":18446744073709551615,\"number\":0.00125,\"yes\":true,\"no\":false,"
        "\"none\":null,\"infinite\":null}\n");
}

TEST(time_is_rfc_3339_in_milliseconds)
{
    static const char shape[] = "{\"time\":\"dddd-dd-ddTdd:dd:dd.dddZ\",";
    format(LOG_INFO, "x", LOG_NO_FIELDS);
    for (size_t i = 0; i < sizeof shape - 1; i++)
        assert_true(shape[i] == 'd' ? line[i] >= '0' && line[i] <= '9' : line[i] == shape[i]);
}

TEST(long_value_is_cut_and_says_so)
{
    char value[5000];
    memset(value, 'a', sizeof value);
    value[1000] = '\0';
    format(LOG_INFO, "whole", LOG_FIELDS(log_text("value", value)));
    assert_non_null(strstr(line, "aaa\"}\n"));
    value[1000] = 'a';
    value[sizeof value - 1] = '\0';
    format(LOG_INFO, "cut", LOG_FIELDS(log_text("value", value)));
    assert_int_equal(strspn(strstr(line, "aaa"), "a"), 1000);
    assert_non_null(strstr(line, "aaa...\"}\n"));
}

TEST(line_that_is_too_long_keeps_its_message)
{
    char value[901];
    memset(value, '\x01', sizeof value - 1); /* six bytes each in JSON */
    value[sizeof value - 1] = '\0';
    format(LOG_ERROR, "large", LOG_FIELDS(log_text("a", value), log_size("b", 1)));
    cJSON *object = parsed_line();
    assert_string_equal(member(object, "msg")->valuestring, "large");
    assert_int_equal(member(object, "fields_left_out")->valueint, 2);
    assert_null(cJSON_GetObjectItemCaseSensitive(object, "b"));
    cJSON_Delete(object);
    assert_int_equal(log_line_format(line, LOG_INFO, value, LOG_NO_FIELDS), 0);
}

TEST(line_is_json_whatever_the_bytes)
{
    format(LOG_INFO, "bytes", LOG_FIELDS(log_text("value", "\xff\xc0\x80 \xe2\x82\xac \x7f")));
    cJSON *object = parsed_line();
    assert_non_null(strstr(member(object, "value")->valuestring, "\xe2\x82\xac"));
    cJSON_Delete(object);
}

TEST_MAIN(cmocka_unit_test(line_holds_time_level_message_and_fields_in_order),
          cmocka_unit_test(time_is_rfc_3339_in_milliseconds),
          cmocka_unit_test(long_value_is_cut_and_says_so),
          cmocka_unit_test(line_that_is_too_long_keeps_its_message),
          cmocka_unit_test(line_is_json_whatever_the_bytes))
