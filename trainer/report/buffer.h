/*
 * Bytes that grow as they are written: the pages, pictures and tables of a report.
 *
 *     struct buffer buffer = {0};
 *     buffer_print(&buffer, "%zu images", count);
 *     if (buffer.failed) ...
 *     buffer_release(&buffer);
 *
 * A lack of memory is remembered in `failed` and everything after it is dropped, so that a writer
 * asks once, at its end. Threads: any, on different buffers.
 */
#ifndef TRAINER_REPORT_BUFFER_H
#define TRAINER_REPORT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes; /* [size_bytes] and a NUL behind them, or NULL while empty; owned */
    size_t size_bytes;
    size_t capacity_bytes;
    bool failed; /* memory ran out: the contents are not whole */
};

/* Appends bytes [size_bytes]. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t size_bytes);

/* Appends a string. */
void buffer_text(struct buffer *buffer, const char *text);

/* Appends as printf would print. */
void buffer_print(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends bytes [size_bytes] in base64, padded (RFC 4648, section 4). */
void buffer_base64(struct buffer *buffer, const void *bytes, size_t size_bytes);

/* Frees what `buffer` owns and zeroes it; a zeroed one is taken too. */
void buffer_release(struct buffer *buffer);

#endif
