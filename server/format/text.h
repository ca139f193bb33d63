/*
 * Text that grows, up to a limit: what replies, metrics and log lines are written into.
 *
 *     struct text text;
 *     text_init(&text, 65536);
 *     text_append(&text, "{\"name\":");
 *     text_json_string(&text, name);
 *     text_append(&text, "}");
 *     if (text_failed(&text)) ...
 *     text_release(&text);
 *
 * A failure (no memory, the limit) is remembered and everything appended after it is ignored, so a
 * writer appends freely and asks once, at the end. The characters are always NUL-terminated.
 * Threads: one at a time for each text.
 */
#ifndef SERVER_FORMAT_TEXT_H
#define SERVER_FORMAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *chars; /* NULL until something was appended; owned, unless text_init_in lent them */
    size_t size; /* bytes before the terminating NUL */
    size_t capacity;
    size_t limit_bytes;
    bool failed;
};

/* Makes an empty text that may reach limit_bytes. Allocates nothing. */
void text_init(struct text *text, size_t limit_bytes);

/*
 * Makes an empty text in the caller's room of `bytes`, at least 1, that outlives it: such a text never
 * allocates, reaches bytes - 1, and is not released.
 */
void text_init_in(struct text *text, char *room, size_t bytes);

/* Frees the characters; the text is then empty and may be written again. */
void text_release(struct text *text);

/* Forgets the characters and the failure, keeps the memory. */
void text_clear(struct text *text);

bool text_failed(const struct text *text);

/* The characters, "" if there are none. Borrowed until the next call on this text. */
const char *text_chars(const struct text *text);

void text_append(struct text *text, const char *chars);
void text_append_bytes(struct text *text, const char *chars, size_t size);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A JSON string (RFC 8259 section 7), quotes included. Control characters are escaped; a byte that
 * is not part of well-formed UTF-8 becomes U+FFFD, so that the output is always valid.
 */
void text_json_string(struct text *text, const char *chars);

/* A whole number in decimal. */
void text_count(struct text *text, size_t count);

/*
 * The shortest decimal that strtof reads back as the same float, valid as a JSON number.
 * value: finite; anything else is a failure.
 */
void text_number(struct text *text, float value);

/* Such numbers with commas between them. values: [count] */
void text_numbers(struct text *text, const float *values, size_t count);

#endif
