/*
 * The JSON reader beside cJSON, both ways: what the reader takes, cJSON takes, with the same keys,
 * strings and numbers; and what cJSON makes of any text and prints again, the reader takes, where it is
 * within the reader's limits.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/utf8.h"
#include "server/format/json_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t size);

#define CJSON_NUMBER_BYTES 63

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_string(const struct json_reader *reader, const char *expected)
{
    uint8_t *decoded = malloc(reader->string_bytes + 1);
    size_t size = json_string_decode(decoded, reader->string, reader->string_bytes);
    /* cJSON's strings end at the first NUL, which it refuses as \u0000. */
    check(size == strlen(expected) && memcmp(decoded, expected, size) == 0);
    free(decoded);
}

static void check_value(struct json_reader *reader, enum json_token token, const cJSON *value);

static void check_array(struct json_reader *reader, const cJSON *array)
{
    const cJSON *element;
    cJSON_ArrayForEach(element, array) check_value(reader, json_next(reader), element);
    check(json_next(reader) == JSON_ARRAY_END);
}

static void check_object(struct json_reader *reader, const cJSON *object)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        check(json_next(reader) == JSON_KEY);
        check_string(reader, member->string);
        check_value(reader, json_next(reader), member);
    }
    check(json_next(reader) == JSON_OBJECT_END);
}

/* Recursion ends at the reader's depth limit. */
static void check_value(struct json_reader *reader, enum json_token token, const cJSON *value)
{
    switch (token) {
    case JSON_OBJECT_BEGIN:
        check(cJSON_IsObject(value));
        check_object(reader, value);
        break;
    case JSON_ARRAY_BEGIN:
        check(cJSON_IsArray(value));
        check_array(reader, value);
        break;
    case JSON_STRING:
        check(cJSON_IsString(value));
        check_string(reader, value->valuestring);
        break;
    case JSON_NUMBER:
        check(cJSON_IsNumber(value));
        check(reader->number == value->valuedouble);
        break;
    case JSON_TRUE:
        check(cJSON_IsTrue(value));
        break;
    case JSON_FALSE:
        check(cJSON_IsFalse(value));
        break;
    case JSON_NULL:
        check(cJSON_IsNull(value));
        break;
    default:
        check(false);
    }
}

static void compare(const uint8_t *text, size_t size, const cJSON *value)
{
    struct json_reader reader;
    json_reader_init(&reader, text, size);
    check_value(&reader, json_next(&reader), value);
    check(json_next(&reader) == JSON_END);
}

static bool takes(const uint8_t *text, size_t size)
{
    struct json_reader reader;
    enum json_token token;
    json_reader_init(&reader, text, size);
    do
        token = json_next(&reader);
    while (token != JSON_END && token != JSON_MALFORMED);
    return token == JSON_END;
}

/* Whether a text that has this value may be more than the reader takes. */
static bool is_beyond_limits(const cJSON *value, size_t depth)
{
    bool deep = cJSON_IsArray(value) || cJSON_IsObject(value);
    if (deep && depth >= JSON_MAX_DEPTH)
        return true;
    const cJSON *child;
    cJSON_ArrayForEach(child, value)
    {
        if (is_beyond_limits(child, depth + 1))
            return true;
    }
    return false;
}

/* cJSON passes bytes on that are no UTF-8, which the reader rightly refuses. */
static void check_printed(const cJSON *value)
{
    char *printed = cJSON_PrintUnformatted(value);
    if (printed != NULL && utf8_is_valid((const uint8_t *)printed, strlen(printed)) &&
        !is_beyond_limits(value, 0))
        check(takes((const uint8_t *)printed, strlen(printed)));
    cJSON_free(printed);
}

/* cJSON refuses \u0000 and reads no more than the first 63 characters of a number. */
static bool is_beyond_cjson(const uint8_t *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        length = text[i] != '\0' && strchr("0123456789+-.eE", text[i]) != NULL ? length + 1 : 0;
        if (length > CJSON_NUMBER_BYTES)
            return true;
    }
    return memmem(text, size, "\\u0000", 6) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t size)
{
    cJSON *value = cJSON_ParseWithLength((const char *)text, size);
    if (takes(text, size) && !is_beyond_cjson(text, size)) {
        check(value != NULL);
        compare(text, size, value);
    }
    if (value != NULL)
        check_printed(value);
    cJSON_Delete(value);
    return 0;
}
