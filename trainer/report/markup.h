/*
 * Text and numbers for HTML and SVG.
 */
#ifndef TRAINER_REPORT_MARKUP_H
#define TRAINER_REPORT_MARKUP_H

#include <stddef.h>

#include "trainer/report/buffer.h"

/*
 * Appends `text` so that it is text in HTML and XML, in an element and in a quoted attribute:
 * & < > " ' as references; what is no UTF-8 (RFC 3629) or a control character as U+FFFD.
 */
void markup_text(struct buffer *out, const char *text);

/* Appends `text` as it is, but U+FFFD for bytes from 128 on that are no UTF-8. */
void markup_utf8(struct buffer *out, const char *text);

/* As markup_text, but an ellipsis stands for what comes after `characters` characters. */
void markup_short(struct buffer *out, const char *text, size_t characters);

/* How many characters a text has; a byte that is no UTF-8 counts as one. */
size_t markup_length(const char *text);

/* Appends a count with its thousands set apart: "10,000". */
void markup_count(struct buffer *out, size_t count);

/* Appends a share from 0 to 1 as "99.63 %", the space one that does not break. */
void markup_percent(struct buffer *out, double share, int decimals);

/* Appends a time as people say it: "8.4 s", "12 min 30 s", "1 h 02 min". */
void markup_duration(struct buffer *out, double seconds);

#endif
