/*
 * Percent-encoding (RFC 3986 section 2.1).
 * Threads: any, on different texts.
 */
#ifndef SERVER_FORMAT_PERCENT_H
#define SERVER_FORMAT_PERCENT_H

#include <stdbool.h>

/*
 * Decodes `text` in place; it becomes no longer. False if a "%" is not followed by two hexadecimal
 * digits, or stands for a NUL; the text is then decoded in part.
 */
bool percent_decode(char *text);

#endif
