/*
 * Reads JSON (RFC 8259) token by token from memory that the caller holds: no tree, no allocation,
 * no recursion. Strict: refuses what the grammar does not allow, text that is not UTF-8, nesting
 * deeper than reader->max_depth and numbers longer than JSON_MAX_NUMBER_BYTES.
 *
 *     struct json_reader reader;
 *     json_reader_init(&reader, body, body_bytes);
 *     while ((token = json_next(&reader)) != JSON_END && token != JSON_MALFORMED) ...
 *
 * Commas and colons are checked but not returned: an object is JSON_OBJECT_BEGIN, then JSON_KEY and
 * a value for each member, then JSON_OBJECT_END. The caller must check for duplicate keys.
 * Threads: any, on different readers.
 */
#ifndef SERVER_FORMAT_JSON_READER_H
#define SERVER_FORMAT_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH        8  /* unless the caller changes reader->max_depth */
#define JSON_DEPTH_CAPACITY   64 /* the most that it may be */
#define JSON_MAX_NUMBER_BYTES 127

enum json_token {
    JSON_END, /* the text ends after one complete value */
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
    JSON_MALFORMED, /* reader->message says why; every further call returns it again */
};

/* What may come next. */
enum json_expect {
    JSON_EXPECT_VALUE,
    JSON_EXPECT_FIRST_VALUE, /* a value or the end of the array */
    JSON_EXPECT_FIRST_KEY,   /* a key or the end of the object */
    JSON_EXPECT_MORE,        /* a comma or the end of the array or object */
    JSON_EXPECT_NOTHING,
};

struct json_reader {
    double number;         /* of the last JSON_NUMBER; infinite if a double cannot hold it */
    const uint8_t *string; /* [string_bytes]: the last JSON_KEY or JSON_STRING without its quotes */
    size_t string_bytes;
    char message[160]; /* of JSON_MALFORMED: "byte 17: ...", one line */

    const uint8_t *text;
    size_t size;
    size_t at; /* index of the next byte */
    enum json_expect expect;
    size_t max_depth; /* JSON_MAX_DEPTH; the caller may change it, at most to JSON_DEPTH_CAPACITY */
    size_t depth;
    bool in_object[JSON_DEPTH_CAPACITY]; /* for each open level: an object, not an array */
    bool malformed;
};

/*
 * Starts at the first byte of text [size], which the caller owns and which must outlive the reader.
 */
void json_reader_init(struct json_reader *reader, const uint8_t *text, size_t size);

/* Reads the next token. */
enum json_token json_next(struct json_reader *reader);

/*
 * Reads up to `room` further numbers of an array into out, after json_next has returned a
 * JSON_NUMBER in it, and returns how many it read: plain numbers (json_number.h), with the values
 * that json_next would give. It stops before anything else, such as white space before a comma,
 * which is left for json_next.
 */
size_t json_more_numbers(struct json_reader *reader, double *out, size_t room);

/* The name of a token for messages: "an object", "a number". */
const char *json_token_name(enum json_token token);

/* True if the last key is exactly `name`, after its escapes are decoded. */
bool json_key_is(const struct json_reader *reader, const char *name);

/*
 * Decodes the escapes of string [size], a key or string that a reader has returned, into out, which
 * has room for `size` bytes. Returns the number of bytes written.
 */
size_t json_string_decode(uint8_t *out, const uint8_t *string, size_t size);

#endif
