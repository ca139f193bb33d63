/*
 * Base64 (RFC 4648 section 4). Decoding is strict: the standard alphabet, complete padding, unused
 * bits zero (section 3.5), no line breaks. Every byte string therefore has exactly one text.
 * Threads: any.
 */
#ifndef SERVER_FORMAT_BASE64_H
#define SERVER_FORMAT_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/format/text.h"

/* The most bytes that text_size characters decode to. */
#define BASE64_DECODED_BYTES(text_size) ((text_size) / 4 * 3)

/*
 * Decodes text [text_size] into out, which has room for BASE64_DECODED_BYTES(text_size) and may
 * begin where the text begins. Errors: MALFORMED; the message names the character and its position.
 */
DIGIT_MUST_CHECK enum digit_status base64_decode(uint8_t *out, size_t *out_size,
                                                 const uint8_t *text, size_t text_size,
                                                 struct digit_error *error);

/* Appends bytes [size] as base64 with its padding. */
void base64_append(struct text *text, const uint8_t *bytes, size_t size);

#endif
