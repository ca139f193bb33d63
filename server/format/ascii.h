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

/* The value of a hexadecimal digit; -1 for any other character. */
static inline int ascii_hex_value(int c)
{
    if (ascii_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#endif
