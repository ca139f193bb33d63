/*
 * JSON (RFC 8259) one token at a time, out of memory that the caller holds: no tree, no allocation,
 * no recursion. Strict: what the grammar does not allow is refused, and so is text that is not
 * UTF-8, nesting deeper than JSON_MAX_DEPTH and a number of more than JSON_MAX_NUMBER_BYTES.
 *
 *     struct json_reader reader;
 *     json_reader_init(&reader, body, body_bytes);
 *     while ((token = json_next(&reader)) != JSON_END && token != JSON_MALFORMED) ...
 *
 * Commas and colons are checked and not shown: an object is JSON_OBJECT_BEGIN, then JSON_KEY and a
 * value for each member, then JSON_OBJECT_END. That a key stands there twice is for the caller to
 * notice. Threads: any, on different readers.
 */
#ifndef SERVER_FORMAT_JSON_READER_H
#define SERVER_FORMAT_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH        8
#define JSON_MAX_NUMBER_BYTES 127

enum json_token {
    JSON_END, /* the whole text was one value */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_MALFORMED, /* reader->message says why; every further call says it again */
};

enum json_expect {
    JSON_EXPECT_VALUE,
    JSON_EXPECT_FIRST_VALUE, /* or the end of the array */
    JSON_EXPECT_FIRST_KEY,   /* or the end of the object */
    JSON_EXPECT_MORE,        /* a comma or the end of what is open */
    JSON_EXPECT_NOTHING,
};

struct json_reader {
    double number;         /* of the last JSON_NUMBER; infinite if a double cannot hold it */
    const uint8_t *string; /* of the last JSON_KEY or JSON_STRING: what stands between the quotes */
    size_t string_bytes;
    char message[160]; /* of JSON_MALFORMED: "byte 17: ...", one line */

    const uint8_t *text;
    size_t size;
    size_t at; /* the next byte */
    enum json_expect expect;
    size_t depth;
    bool in_object[JSON_MAX_DEPTH]; /* what each open level is */
    bool malformed;
};

/* Begins at the first byte of text [size], which stays the caller's and must outlive the reader. */
void json_reader_init(struct json_reader *reader, const uint8_t *text, size_t size);

enum json_token json_next(struct json_reader *reader);

/*
 * Reads on from a JSON_NUMBER in an array: up to `room` more plain numbers (json_number.h), as
 * json_next would return them one by one, into out. Returns how many; anything else, white space
 * before a comma too, is left for json_next.
 */
size_t json_more_numbers(struct json_reader *reader, double *out, size_t room);

/* "an object", "a number": for messages. */
const char *json_token_name(enum json_token token);

/* True if the last key is exactly `name`; a key written with escapes equals what they stand for. */
bool json_key_is(const struct json_reader *reader, const char *name);

/*
 * Decodes the escapes of string [size], which a reader has returned between two quotes, into out,
 * which has room for `size` bytes, and returns how many were written.
 */
size_t json_string_decode(uint8_t *out, const uint8_t *string, size_t size);

#endif
