/*
 * Well-formed UTF-8 (RFC 3629 section 4): no overlong forms, no surrogates, nothing past U+10FFFF.
 * Threads: any.
 */
#ifndef SERVER_FORMAT_UTF8_H
#define SERVER_FORMAT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX_BYTES 4

/* Bytes of the well-formed sequence at the beginning of bytes [size], 1 to 4; 0 if there is none.
 */
size_t utf8_sequence(const uint8_t *bytes, size_t size);

/* True if all of bytes [size] is well-formed. */
bool utf8_is_valid(const uint8_t *bytes, size_t size);

/* Writes `code_point`, a scalar value up to U+10FFFF, and returns how many bytes that took. */
size_t utf8_encode(uint8_t out[UTF8_MAX_BYTES], uint32_t code_point);

#endif
