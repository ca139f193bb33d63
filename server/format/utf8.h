/*
 * Well-formed UTF-8 (RFC 3629 section 4): no overlong forms, no surrogates, nothing beyond
 * U+10FFFF.
 * Threads: any.
 */
#ifndef SERVER_FORMAT_UTF8_H
#define SERVER_FORMAT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX_BYTES 4

/*
 * Length in bytes, 1 to 4, of the well-formed sequence that bytes [size] begin with; 0 if none
 * does.
 */
size_t utf8_sequence(const uint8_t *bytes, size_t size);

/* True if all of bytes [size] is well-formed. */
bool utf8_is_valid(const uint8_t *bytes, size_t size);

/* Writes `code_point`, a scalar value up to U+10FFFF, and returns the number of bytes written. */
size_t utf8_encode(uint8_t out[UTF8_MAX_BYTES], uint32_t code_point);

#endif
