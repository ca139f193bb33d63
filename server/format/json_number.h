/*
 * Numbers of JSON (RFC 8259 section 6) as nearly all arrays hold them: without sign and exponent, of
 * at most JSON_PLAIN_DIGITS digits, leading zeros included. They are read without a copy and without
 * strtod, and give the same doubles. Threads: any.
 */
#ifndef SERVER_FORMAT_JSON_NUMBER_H
#define SERVER_FORMAT_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define JSON_PLAIN_DIGITS 19 /* that 64 bits always hold */

/*
 * The number at `at`, before `end`. Returns what stands behind it; NULL if something else is there,
 * or the text ends with it.
 */
const uint8_t *json_number_plain(double *out, const uint8_t *at, const uint8_t *end);

/*
 * Up to `room` elements of an array: each a comma, spaces or line feeds, and a plain number. Reads
 * them from *at on into out, moves *at behind the last and returns how many there were.
 */
size_t json_number_elements(double *out, size_t room, const uint8_t **at, const uint8_t *end);

#endif
