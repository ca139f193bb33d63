#include "server/format/json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "server/format/ascii.h"
#include "server/format/json_number.h"

void json_reader_init(struct json_reader *reader, const uint8_t *text, size_t size)
{
    *reader = (struct json_reader){
        .text = text, .size = size, .expect = JSON_EXPECT_VALUE, .max_depth = JSON_MAX_DEPTH};
}

const char *json_token_name(enum json_token token)
{
    static const char *const names[] = {
        [JSON_END] = "the end",
        [JSON_OBJECT_BEGIN] = "an object",
        [JSON_OBJECT_END] = "the end of an object",
        [JSON_ARRAY_BEGIN] = "an array",
        [JSON_ARRAY_END] = "the end of an array",
        [JSON_KEY] = "a key",
        [JSON_STRING] = "a string",
        [JSON_NUMBER] = "a number",
        [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",
        [JSON_NULL] = "null",
        [JSON_MALFORMED] = "malformed",
    };
    return names[token];
}

__attribute__((format(printf, 2, 3))) static enum json_token
fail_malformed(struct json_reader *reader, const char *format, ...)
{
    va_list arguments;
    int used = snprintf(reader->message, sizeof reader->message, "byte %zu: ", reader->at);
    va_start(arguments, format);
    vsnprintf(reader->message + used, sizeof reader->message - (size_t)used, format, arguments);
    va_end(arguments);
    reader->malformed = true;
    return JSON_MALFORMED;
}

/* The next byte; -1 at the end of the text. */
static int peek_byte(const struct json_reader *reader)
{
    return reader->at < reader->size ? reader->text[reader->at] : -1;
}

static void skip_space(struct json_reader *reader)
{
    int c;
    while ((c = peek_byte(reader)) == ' ' || c == '\t' || c == '\n' || c == '\r')
        reader->at++;
}

static enum json_token fail_unexpected(struct json_reader *reader, const char *wanted)
{
    int c = peek_byte(reader);
    if (c < 0)
        return fail_malformed(reader, "expected %s, but the text ends", wanted);
    if (c > 0x20 && c < 0x7f)
        return fail_malformed(reader, "expected %s, found '%c'", wanted, c);
    return fail_malformed(reader, "expected %s, found byte 0x%02x", wanted, (unsigned)c);
}

/* A value has been read: what may come next depends on whether an array or object is open. */
static enum json_token finish_value(struct json_reader *reader, enum json_token token)
{
    reader->expect = reader->depth == 0 ? JSON_EXPECT_NOTHING : JSON_EXPECT_MORE;
    return token;
}

static enum json_token open_level(struct json_reader *reader, bool object)
{
    if (reader->depth >= reader->max_depth || reader->depth == JSON_DEPTH_CAPACITY)
        return fail_malformed(reader, "the nesting is deeper than %zu levels", reader->depth);
    reader->at++;
    reader->in_object[reader->depth++] = object;
    reader->expect = object ? JSON_EXPECT_FIRST_KEY : JSON_EXPECT_FIRST_VALUE;
    return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

static enum json_token close_level(struct json_reader *reader)
{
    bool object = reader->in_object[--reader->depth];
    reader->at++;
    return finish_value(reader, object ? JSON_OBJECT_END : JSON_ARRAY_END);
}

static size_t skip_digits(struct json_reader *reader)
{
    size_t first = reader->at;
    while (ascii_is_digit(peek_byte(reader)))
        reader->at++;
    return reader->at - first;
}

/* The value of a number that is not plain; strtod needs a NUL after it. */
static double number_value(const uint8_t *text, size_t size)
{
    char copy[JSON_MAX_NUMBER_BYTES + 1];
    memcpy(copy, text, size);
    copy[size] = '\0';
    return strtod(copy, NULL);
}

/* Skips an exponent, if there is one; false if it has no digits. */
static bool skip_exponent(struct json_reader *reader)
{
    if (peek_byte(reader) != 'e' && peek_byte(reader) != 'E')
        return true;
    reader->at++;
    if (peek_byte(reader) == '+' || peek_byte(reader) == '-')
        reader->at++;
    return skip_digits(reader) > 0;
}

static enum json_token read_number(struct json_reader *reader)
{
    size_t first = reader->at, whole_digits;
    bool leading_zero;
    const uint8_t *behind =
        json_number_plain(&reader->number, reader->text + first, reader->text + reader->size);
    if (behind != NULL) {
        reader->at = (size_t)(behind - reader->text);
        return finish_value(reader, JSON_NUMBER);
    }
    if (peek_byte(reader) == '-')
        reader->at++;
    leading_zero = peek_byte(reader) == '0';
    whole_digits = skip_digits(reader);
    if (whole_digits == 0)
        return fail_unexpected(reader, "a digit");
    if (leading_zero && whole_digits > 1)
        return fail_malformed(reader, "a number has a leading zero");
    if (peek_byte(reader) == '.') {
        reader->at++;
        if (skip_digits(reader) == 0)
            return fail_unexpected(reader, "a digit");
    }
    if (!skip_exponent(reader))
        return fail_unexpected(reader, "a digit");
    if (reader->at - first > JSON_MAX_NUMBER_BYTES)
        return fail_malformed(reader, "a number has more than %d characters",
                              JSON_MAX_NUMBER_BYTES);
    reader->number = number_value(reader->text + first, reader->at - first);
    return finish_value(reader, JSON_NUMBER);
}

/* The 16 bits of "\uXXXX" at the beginning of text [size]; -1 if the text begins otherwise. */
static int32_t unicode_escape(const uint8_t *text, size_t size)
{
    int32_t value = 0;
    if (size < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        if (ascii_hex_value(text[i]) < 0)
            return -1;
        value = 16 * value + ascii_hex_value(text[i]);
    }
    return value;
}

/*
 * Reads the escape at the beginning of text [size]: writes its code point and returns its length; 0
 * if there is no valid escape. A lone surrogate is not valid: it is not a character.
 */
static size_t read_escape(const uint8_t *text, size_t size, uint32_t *code_point)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = size > 1 && text[1] != 0 ? strchr(letters, text[1]) : NULL;
    int32_t high = unicode_escape(text, size), low;
    if (found != NULL) {
        *code_point = (uint32_t)meanings[found - letters];
        return 2;
    }
    if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
        return 0;
    if (high < 0xd800 || high > 0xdbff) {
        *code_point = (uint32_t)high;
        return 6;
    }
    low = unicode_escape(text + 6, size - 6);
    if (low < 0xdc00 || low > 0xdfff)
        return 0;
    *code_point = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
    return 12;
}

/* Length of the character at reader->at in a string, an escape or UTF-8; 0 if it is malformed. */
static size_t character_size(const struct json_reader *reader)
{
    const uint8_t *at = reader->text + reader->at;
    size_t left = reader->size - reader->at;
    uint32_t code_point;
    if (*at == '\\')
        return read_escape(at, left, &code_point);
    return *at < 0x20 ? 0 : utf8_sequence(at, left);
}

/* Reads a string up to its closing quote; false if it is malformed. */
static bool read_string(struct json_reader *reader)
{
    reader->at++;
    reader->string = reader->text + reader->at;
    while (reader->at < reader->size && reader->text[reader->at] != '"') {
        size_t size = character_size(reader);

        if (size == 0) {
            fail_malformed(reader,
                           "a string contains a control character, an invalid escape or bytes "
                           "that are not UTF-8");
            return false;
        }
        reader->at += size;
    }
    if (reader->at == reader->size) {
        fail_malformed(reader, "the text ends inside a string");
        return false;
    }
    reader->string_bytes = (size_t)(reader->text + reader->at - reader->string);
    reader->at++;
    return true;
}

static enum json_token read_word(struct json_reader *reader)
{
    static const struct {
        const char *word;
        enum json_token token;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t size = strlen(words[i].word);

        if (reader->size - reader->at >= size &&
            memcmp(reader->text + reader->at, words[i].word, size) == 0) {
            reader->at += size;
            return finish_value(reader, words[i].token);
        }
    }
    return fail_unexpected(reader, "a value");
}

static enum json_token read_value(struct json_reader *reader)
{
    int c = peek_byte(reader);
    if (ascii_is_digit(c) || c == '-')
        return read_number(reader);
    if (c == '{' || c == '[')
        return open_level(reader, c == '{');
    if (c == '"')
        return read_string(reader) ? finish_value(reader, JSON_STRING) : JSON_MALFORMED;
    return read_word(reader);
}

static enum json_token read_key(struct json_reader *reader)
{
    if (peek_byte(reader) != '"')
        return fail_unexpected(reader, "a key");
    if (!read_string(reader))
        return JSON_MALFORMED;
    skip_space(reader);
    if (peek_byte(reader) != ':')
        return fail_unexpected(reader, "':'");
    reader->at++;
    reader->expect = JSON_EXPECT_VALUE;
    return JSON_KEY;
}

/* Reads what follows a value in an object or array: its end, or a comma and the next token. */
static enum json_token read_more(struct json_reader *reader)
{
    bool object = reader->in_object[reader->depth - 1];
    if (peek_byte(reader) == (object ? '}' : ']'))
        return close_level(reader);
    if (peek_byte(reader) != ',')
        return fail_unexpected(reader, object ? "',' or '}'" : "',' or ']'");
    reader->at++;
    skip_space(reader);
    return object ? read_key(reader) : read_value(reader);
}

enum json_token json_next(struct json_reader *reader)
{
    if (reader->malformed)
        return JSON_MALFORMED;
    skip_space(reader);
    switch (reader->expect) {
    case JSON_EXPECT_FIRST_VALUE:
        return peek_byte(reader) == ']' ? close_level(reader) : read_value(reader);
    case JSON_EXPECT_FIRST_KEY:
        return peek_byte(reader) == '}' ? close_level(reader) : read_key(reader);
    case JSON_EXPECT_MORE:
        return read_more(reader);
    case JSON_EXPECT_NOTHING:
        return peek_byte(reader) < 0 ? JSON_END : fail_unexpected(reader, "the end");
    case JSON_EXPECT_VALUE:
    default:
        return read_value(reader);
    }
}

size_t json_more_numbers(struct json_reader *reader, double *out, size_t room)
{
    const uint8_t *at = reader->text + reader->at;
    if (reader->expect != JSON_EXPECT_MORE || reader->in_object[reader->depth - 1])
        return 0;
    size_t count = json_number_elements(out, room, &at, reader->text + reader->size);
    reader->at = (size_t)(at - reader->text);
    return count;
}

size_t json_string_decode(uint8_t *out, const uint8_t *string, size_t size)
{
    size_t written = 0;
    while (size > 0) {
        size_t taken = 1;
        uint32_t code_point;

        if (*string == '\\') {
            taken = read_escape(string, size, &code_point);
            written += utf8_encode(out + written, code_point);
        } else {
            out[written++] = *string;
        }
        string += taken;
        size -= taken;
    }
    return written;
}

bool json_key_is(const struct json_reader *reader, const char *name)
{
    uint8_t key[64];
    size_t size;
    /* The longest escape of an ASCII character has six bytes; no known key is longer than ten. */
    if (reader->string_bytes > sizeof key)
        return false;
    size = json_string_decode(key, reader->string, reader->string_bytes);
    return size == strlen(name) && memcmp(key, name, size) == 0;
}
