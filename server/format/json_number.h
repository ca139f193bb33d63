/*
 * JSON numbers (RFC 8259 section 6) in the form that nearly all arrays have: without sign and
 * exponent, of at most JSON_PLAIN_DIGITS digits, leading zeros included. They are read in place and
 * without strtod, with the same result as strtod's. Threads: any.
 */
#ifndef SERVER_FORMAT_JSON_NUMBER_H
#define SERVER_FORMAT_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define JSON_PLAIN_DIGITS 19 /* always fit 64 bits */

/*
 * Reads the plain number at `at`; the text ends at `end`. Returns a pointer to the byte after the
 * number; NULL if something else is there, or if the text ends with the number.
 */
const uint8_t *json_number_plain(double *out, const uint8_t *at, const uint8_t *end);

/*
 * Reads up to `room` elements of an array into out, each a comma, spaces or line feeds, and a plain
 * number. Starts at *at, moves *at behind the last element and returns their number.
 */
size_t json_number_elements(double *out, size_t room, const uint8_t **at, const uint8_t *end);

#endif
