/*
 * Reads the parts of a multipart/form-data body (RFC 7578, RFC 2046 section 5.1) that is completely
 * in memory. Copies and allocates nothing. Strict: lines end in CRLF, every part has the header
 * "Content-Disposition: form-data" with a name, and there is nothing before the first boundary or
 * after the last one, where RFC 2046 has readers ignore it.
 *
 *     status = multipart_init(&multipart, boundary, body, body_bytes, &error);
 *     while ((status = multipart_next(&multipart, &part, &found, &error)) == DIGIT_OK && found) ...
 *
 * Threads: any, on different objects.
 */
#ifndef SERVER_FORMAT_MULTIPART_H
#define SERVER_FORMAT_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#define MULTIPART_MAX_BOUNDARY_BYTES 70 /* RFC 2046 section 5.1.1 */
#define MULTIPART_MAX_LINE_BYTES     1000
#define MULTIPART_MAX_HEADERS        8
#define MULTIPART_MAX_PARTS          16 /* unless the caller changes multipart->max_parts */
#define MULTIPART_NAME_BYTES         64

struct multipart {
    const uint8_t *body; /* [size], the caller's */
    size_t size;
    size_t at; /* index of the byte after the boundary that opens the next part */
    char delimiter[4 + MULTIPART_MAX_BOUNDARY_BYTES + 1]; /* CRLF "--" boundary */
    size_t delimiter_bytes;
    size_t max_parts; /* MULTIPART_MAX_PARTS; the caller may change it */
    size_t part_count;
    bool finished; /* the closing boundary has been read */
};

struct multipart_part {
    char name[MULTIPART_NAME_BYTES];
    bool has_filename;
    char type[MULTIPART_NAME_BYTES * 2]; /* Content-Type without parameters, lower case; or "" */
    const uint8_t *bytes;                /* [size], inside the body */
    size_t size;
};

/*
 * Starts to read body [size]. Errors: MALFORMED (a boundary that RFC 2046 does not allow, a body
 * that does not begin with the boundary).
 */
DIGIT_MUST_CHECK enum digit_status multipart_init(struct multipart *multipart, const char *boundary,
                                                  const uint8_t *body, size_t size,
                                                  struct digit_error *error);

/*
 * Reads the next part; *found is false after the last.
 * Errors: MALFORMED, LIMIT (number of parts, headers of a part, length of a header line),
 * UNSUPPORTED (a Content-Transfer-Encoding that changes bytes).
 */
DIGIT_MUST_CHECK enum digit_status multipart_next(struct multipart *multipart,
                                                  struct multipart_part *part, bool *found,
                                                  struct digit_error *error);

#endif
