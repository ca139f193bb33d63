/*
 * A text that grows up to a limit. Replies, metrics and log lines are written into one.
 *
 *     struct text text;
 *     text_init(&text, 65536);
 *     text_append(&text, "{\"name\":");
 *     text_json_string(&text, name);
 *     text_append(&text, "}");
 *     if (text_failed(&text)) ...
 *     text_release(&text);
 *
 * After a failure (no memory, or the limit is reached) everything appended is ignored, so that a
 * writer need check for failure only once, at the end. The characters are always NUL-terminated.
 * Threads: one at a time for each text.
 */
#ifndef SERVER_FORMAT_TEXT_H
#define SERVER_FORMAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *chars; /* NULL until something is appended; owned, or the caller's after text_init_in */
    size_t size; /* bytes before the terminating NUL */
    size_t capacity;
    size_t limit_bytes;
    bool failed;
};

/* Makes an empty text of at most limit_bytes. Allocates nothing. */
void text_init(struct text *text, size_t limit_bytes);

/*
 * Makes an empty text in the caller's buffer room [bytes], at least one byte, which outlives the
 * text. Such a text never allocates, has at most bytes - 1 characters, and must not be released.
 */
void text_init_in(struct text *text, char *room, size_t bytes);

/* Frees the characters; the text is then empty and may be written again. */
void text_release(struct text *text);

/* Empties the text and clears the failure; keeps the memory. */
void text_clear(struct text *text);

bool text_failed(const struct text *text);

/* The characters, "" if there are none. Borrowed until the next call on this text. */
const char *text_chars(const struct text *text);

void text_append(struct text *text, const char *chars);
void text_append_bytes(struct text *text, const char *chars, size_t size);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends a JSON string (RFC 8259 section 7) with its quotes. Control characters, also those of
 * writing direction (utf8_is_control), are escaped, so that a terminal does not obey them; a byte
 * that is not part of well-formed UTF-8 becomes U+FFFD, so that the output is always valid.
 */
void text_json_string(struct text *text, const char *chars);

/* Appends an integer in decimal. */
void text_count(struct text *text, size_t count);

/*
 * Appends the shortest decimal that strtof reads back as the same float; it is a valid JSON number.
 * value: finite; anything else is a failure.
 */
void text_number(struct text *text, float value);

/* Appends values [count] as text_number does, with commas between them. */
void text_numbers(struct text *text, const float *values, size_t count);

#endif
