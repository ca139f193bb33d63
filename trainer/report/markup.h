/*
 * Text and numbers for HTML and SVG. Threads: any, on different buffers.
 */
#ifndef TRAINER_REPORT_MARKUP_H
#define TRAINER_REPORT_MARKUP_H

#include <stddef.h>

#include "trainer/report/buffer.h"

/*
 * Appends `text` escaped for HTML and XML, in elements and in quoted attributes: & < > " ' become
 * references; control characters and bytes that are not UTF-8 (RFC 3629) become U+FFFD.
 */
void markup_text(struct buffer *out, const char *text);

/* Appends `text` unescaped, with U+FFFD in place of bytes from 128 on that are not UTF-8. */
void markup_utf8(struct buffer *out, const char *text);

/* As markup_text, but at most `characters` characters, followed by an ellipsis if there are
 * more. */
void markup_short(struct buffer *out, const char *text, size_t characters);

/* Number of characters of a text; a byte that is not UTF-8 counts as one. */
size_t markup_length(const char *text);

/* Appends a count with thousands separators: "10,000". */
void markup_count(struct buffer *out, size_t count);

/* Appends a share from 0 to 1 as a percentage with a no-break space: "99.63 %". */
void markup_percent(struct buffer *out, double share, int decimals);

/* Appends a duration in at most two units: "8.4 s", "12 min 30 s", "1 h 02 min". */
void markup_duration(struct buffer *out, double seconds);

#endif
