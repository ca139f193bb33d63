/*
 * A growing buffer of bytes, in which the files of a report are composed.
 *
 *     struct buffer buffer = {0};
 *     buffer_print(&buffer, "%zu images", count);
 *     if (buffer.failed) ...
 *     buffer_release(&buffer);
 *
 * If memory runs out, `failed` is set and everything that follows is ignored: it is enough to check
 * `failed` once, at the end. Threads: any, on different buffers.
 */
#ifndef TRAINER_REPORT_BUFFER_H
#define TRAINER_REPORT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes; /* [size_bytes] followed by a NUL, or NULL while empty; owned */
    size_t size_bytes;
    size_t capacity_bytes;
    bool failed; /* memory ran out: the contents are incomplete */
};

/* Appends bytes [size_bytes]. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t size_bytes);

/* Appends a string. */
void buffer_text(struct buffer *buffer, const char *text);

/* Appends formatted text, as printf. */
void buffer_print(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends bytes [size_bytes] in padded base64 (RFC 4648, section 4). */
void buffer_base64(struct buffer *buffer, const void *bytes, size_t size_bytes);

/* Frees what `buffer` owns and zeroes it; it may be zeroed already. */
void buffer_release(struct buffer *buffer);

#endif
