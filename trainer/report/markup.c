#include "trainer/report/markup.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
#define ELLIPSIS    "\xE2\x80\xA6" /* U+2026 */
#define NO_BREAK    "\xC2\xA0"     /* U+00A0 */

/* Ranges of the first and the second byte of a printable UTF-8 character, and its length (RFC 3629,
 * section 4). */
static const struct utf8_sequence {
    uint8_t first_low, first_high;
    uint8_t length;
    uint8_t second_low, second_high;
} SEQUENCES[] = {
    {0x20, 0x7E, 1, 0, 0},       {0xC2, 0xC2, 2, 0xA0, 0xBF}, {0xC3, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEE, 3, 0x80, 0xBF}, {0xEF, 0xEF, 3, 0x80, 0xBE}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct {
    char character;
    const char *reference;
} REFERENCES[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
};

/* Length of the character if its bytes from the second on are in range, else 0. */
static size_t sequence_length(const char *text, const struct utf8_sequence *sequence)
{
    for (size_t i = 1; i < sequence->length; i++) {
        uint8_t low = i == 1 ? sequence->second_low : 0x80;
        uint8_t high = i == 1 ? sequence->second_high : 0xBF;
        uint8_t byte = (uint8_t)text[i]; /* the NUL is in no range */
        if (byte < low || byte > high)
            return 0;
    }
    return sequence->length;
}

/* Length of the printable character at the beginning of `text`; 0 if there is none. */
static size_t character_bytes(const char *text)
{
    uint8_t first = (uint8_t)text[0];
    for (size_t i = 0; i < sizeof SEQUENCES / sizeof *SEQUENCES; i++)
        if (first >= SEQUENCES[i].first_low && first <= SEQUENCES[i].first_high)
            return sequence_length(text, &SEQUENCES[i]);
    return 0;
}

static const char *reference_of(char character)
{
    for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++)
        if (REFERENCES[i].character == character)
            return REFERENCES[i].reference;
    return NULL;
}

/* Appends the character at the beginning of `text`; returns how many bytes of `text` that took. */
static size_t add_character(struct buffer *out, const char *text)
{
    size_t length = character_bytes(text);
    const char *reference = reference_of(text[0]);
    if (length == 0)
        buffer_text(out, REPLACEMENT);
    else if (reference != NULL)
        buffer_text(out, reference);
    else
        buffer_add(out, text, length);
    return length > 0 ? length : 1;
}

void markup_text(struct buffer *out, const char *text)
{
    while (*text != '\0')
        text += add_character(out, text);
}

void markup_utf8(struct buffer *out, const char *text)
{
    while (*text != '\0') {
        size_t length = (uint8_t)*text < 0x80 ? 1 : character_bytes(text);
        if (length > 0)
            buffer_add(out, text, length);
        else
            buffer_text(out, REPLACEMENT);
        text += length > 0 ? length : 1;
    }
}

void markup_short(struct buffer *out, const char *text, size_t characters)
{
    for (size_t i = 0; i < characters && *text != '\0'; i++)
        text += add_character(out, text);
    if (*text != '\0')
        buffer_text(out, ELLIPSIS);
}

size_t markup_length(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; count++) {
        size_t length = character_bytes(text);
        text += length > 0 ? length : 1;
    }
    return count;
}

void markup_count(struct buffer *out, size_t count)
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", count);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer_text(out, ",");
        buffer_add(out, digits + i, 1);
    }
}

void markup_percent(struct buffer *out, double share, int decimals)
{
    buffer_print(out, "%.*f" NO_BREAK "%%", decimals, 100.0 * share);
}

void markup_duration(struct buffer *out, double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (seconds < 60.0)
        buffer_print(out, "%.1f" NO_BREAK "s", seconds);
    else if (whole < 3600)
        buffer_print(out, "%lu" NO_BREAK "min" NO_BREAK "%02lu" NO_BREAK "s", whole / 60,
                     whole % 60);
    else
        buffer_print(out, "%lu" NO_BREAK "h" NO_BREAK "%02lu" NO_BREAK "min", whole / 3600,
                     whole / 60 % 60);
}
