#include "server/format/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "server/format/number.h"

#define FIRST_CAPACITY 256

void text_init(struct text *text, size_t limit_bytes)
{
    *text = (struct text){.limit_bytes = limit_bytes};
}

void text_init_in(struct text *text, char *room, size_t bytes)
{
    room[0] = '\0';
    *text = (struct text){.chars = room, .capacity = bytes, .limit_bytes = bytes - 1};
}

void text_release(struct text *text)
{
    free(text->chars);
    text_init(text, text->limit_bytes);
}

void text_clear(struct text *text)
{
    text->size = 0;
    text->failed = false;
    if (text->chars != NULL)
        text->chars[0] = '\0';
}

bool text_failed(const struct text *text)
{
    return text->failed;
}

const char *text_chars(const struct text *text)
{
    return text->chars != NULL ? text->chars : "";
}

/* Makes room for `more` bytes and the NUL. False if there is none: the text has then failed. */
static bool reserve_bytes(struct text *text, size_t more)
{
    size_t needed, capacity;
    char *chars;
    if (text->failed || more > text->limit_bytes - text->size) {
        text->failed = true;
        return false;
    }
    needed = text->size + more + 1;
    if (needed <= text->capacity)
        return true;
    capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : 2 * capacity;
    chars = realloc(text->chars, capacity);
    if (chars == NULL) {
        text->failed = true;
        return false;
    }
    text->chars = chars;
    text->capacity = capacity;
    return true;
}

void text_append_bytes(struct text *text, const char *chars, size_t size)
{
    if (!reserve_bytes(text, size))
        return;
    memcpy(text->chars + text->size, chars, size);
    text->size += size;
    text->chars[text->size] = '\0';
}

void text_append(struct text *text, const char *chars)
{
    text_append_bytes(text, chars, strlen(chars));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        text->failed = true;
        return;
    }
    if (!reserve_bytes(text, (size_t)size))
        return;
    va_start(arguments, format);
    vsnprintf(text->chars + text->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
}

/* Appends the escape of a control character up to U+FFFF, a quote or a backslash. */
static void append_escaped(struct text *text, uint32_t code_point)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = memchr(plain, (int)code_point, code_point < 0x80 ? sizeof plain - 1 : 0);
    if (found != NULL)
        text_format(text, "\\%c", letters[found - plain]);
    else
        text_format(text, "\\u%04x", (unsigned)code_point);
}

/* Appends the character at chars [size], as utf8_sequence has measured it; 0: it is not UTF-8. */
static void append_character(struct text *text, const unsigned char *chars, size_t size)
{
    uint32_t code_point = size > 0 ? utf8_decode(chars, size) : 0;
    if (size == 0)
        text_append(text, "\xef\xbf\xbd");
    else if (code_point == '"' || code_point == '\\' || utf8_is_control(code_point))
        append_escaped(text, code_point);
    else
        text_append_bytes(text, (const char *)chars, size);
}

/* The number of ASCII characters at the beginning of chars [size] that need no escape. */
static size_t plain_length(const unsigned char *chars, size_t size)
{
    size_t length = 0;
    while (length < size && chars[length] >= 0x20 && chars[length] < 0x7f && chars[length] != '"' &&
           chars[length] != '\\')
        length++;
    return length;
}

void text_json_string(struct text *text, const char *chars)
{
    const unsigned char *at = (const unsigned char *)chars;
    size_t left = strlen(chars);
    text_append_bytes(text, "\"", 1);
    while (left > 0) {
        size_t size = plain_length(at, left);
        if (size > 0) {
            text_append_bytes(text, (const char *)at, size);
        } else {
            size = utf8_sequence(at, left);
            append_character(text, at, size);
            size = size == 0 ? 1 : size;
        }
        at += size;
        left -= size;
    }
    text_append_bytes(text, "\"", 1);
}

void text_count(struct text *text, size_t count)
{
    char digits[24];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + count % 10);
    while ((count /= 10) > 0);
    text_append_bytes(text, digits + first, sizeof digits - first);
}

/* Writes the digits straight into the text if the longest number fits, else into a copy. */
void text_number(struct text *text, float value)
{
    if (!isfinite(value)) {
        text->failed = true;
    } else if (text->limit_bytes - text->size < NUMBER_TEXT_BYTES) {
        char digits[NUMBER_TEXT_BYTES];
        size_t size = number_format(digits, value);
        text_append_bytes(text, digits, size);
    } else if (reserve_bytes(text, NUMBER_TEXT_BYTES)) {
        text->size += number_format(text->chars + text->size, value);
    }
}

void text_numbers(struct text *text, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_append_bytes(text, ",", 1);
        text_number(text, values[i]);
    }
}
