/*
 * Well-formed UTF-8 (RFC 3629 section 4): no overlong forms, no surrogates, nothing beyond
 * U+10FFFF.
 * Threads: any.
 */
#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

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

/* The code point of the well-formed sequence bytes [size], as utf8_sequence has measured it. */
uint32_t utf8_decode(const uint8_t *bytes, size_t size);

/*
 * Whether a terminal or an editor would obey the character instead of showing it: the controls of
 * ASCII and ISO 6429 (C0, DEL, C1), those of writing direction (UAX #9), the line and paragraph
 * separators, and the byte order mark.
 */
bool utf8_is_control(uint32_t code_point);

#endif
