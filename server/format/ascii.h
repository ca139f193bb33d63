/*
 * Classes of ASCII characters, whatever the locale.
 * Threads: any.
 */
#ifndef SERVER_FORMAT_ASCII_H
#define SERVER_FORMAT_ASCII_H

#include <stdbool.h>

/* True for '0' to '9'; `c` is a byte or -1 for the end of the text. */
static inline bool ascii_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

#endif
