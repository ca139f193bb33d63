#include "server/format/multipart.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/format/header_value.h"

static bool boundary_is_valid(const char *boundary)
{
    size_t size = strlen(boundary);
    if (size == 0 || size > MULTIPART_MAX_BOUNDARY_BYTES || boundary[size - 1] == ' ')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)boundary[i]) && strchr("'()+_,-./:=? ", boundary[i]) == NULL)
            return false;
    }
    return true;
}

static size_t bytes_left(const struct multipart *multipart)
{
    return multipart->size - multipart->at;
}

static bool begins_with(const struct multipart *multipart, const char *bytes, size_t size)
{
    return bytes_left(multipart) >= size &&
           memcmp(multipart->body + multipart->at, bytes, size) == 0;
}

/*
 * Reads what follows "--boundary": "--" ends the body; otherwise the line ends and a part begins.
 * Spaces before the end of the line are transport padding.
 */
static enum digit_status finish_boundary(struct multipart *multipart, struct digit_error *error)
{
    if (begins_with(multipart, "--", 2)) {
        multipart->at += 2;
        multipart->finished = true;
    }
    while (begins_with(multipart, " ", 1) || begins_with(multipart, "\t", 1))
        multipart->at++;
    if (multipart->finished && bytes_left(multipart) == 0)
        return DIGIT_OK;
    if (!begins_with(multipart, "\r\n", 2))
        return digit_fail(error, DIGIT_MALFORMED, "byte %zu: a boundary is not followed by CRLF",
                          multipart->at);
    multipart->at += 2;
    if (multipart->finished && bytes_left(multipart) != 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "byte %zu: there are bytes after the closing boundary", multipart->at);
    return DIGIT_OK;
}

enum digit_status multipart_init(struct multipart *multipart, const char *boundary,
                                 const uint8_t *body, size_t size, struct digit_error *error)
{
    *multipart = (struct multipart){.body = body, .size = size, .max_parts = MULTIPART_MAX_PARTS};
    if (!boundary_is_valid(boundary))
        return digit_fail(error, DIGIT_MALFORMED,
                          "the boundary must be 1 to %d characters that RFC 2046 allows",
                          MULTIPART_MAX_BOUNDARY_BYTES);
    multipart->delimiter_bytes =
        (size_t)snprintf(multipart->delimiter, sizeof multipart->delimiter, "\r\n--%s", boundary);
    /* The first boundary has no CRLF before it. */
    if (!begins_with(multipart, multipart->delimiter + 2, multipart->delimiter_bytes - 2))
        return digit_fail(error, DIGIT_MALFORMED,
                          "byte 0: the body does not begin with the "
                          "boundary that Content-Type names");
    multipart->at = multipart->delimiter_bytes - 2;
    return finish_boundary(multipart, error);
}

/* Copies the line at multipart->at without its CRLF and moves on to the next line. */
static enum digit_status read_line(char out[MULTIPART_MAX_LINE_BYTES + 1],
                                   struct multipart *multipart, struct digit_error *error)
{
    const uint8_t *begin = multipart->body + multipart->at;
    const uint8_t *end = memmem(begin, bytes_left(multipart), "\r\n", 2);
    size_t size;
    if (end == NULL)
        return digit_fail(error, DIGIT_MALFORMED,
                          "byte %zu: the body ends in the headers of a part", multipart->at);
    size = (size_t)(end - begin);
    if (size > MULTIPART_MAX_LINE_BYTES)
        return digit_fail(error, DIGIT_LIMIT,
                          "byte %zu: a header line of a part has %zu bytes; the limit is %d",
                          multipart->at, size, MULTIPART_MAX_LINE_BYTES);
    if (memchr(begin, '\0', size) != NULL || memchr(begin, '\n', size) != NULL)
        return digit_fail(error, DIGIT_MALFORMED,
                          "byte %zu: a header of a part contains a NUL or a bare line feed",
                          multipart->at);
    memcpy(out, begin, size);
    out[size] = '\0';
    multipart->at += size + 2;
    return DIGIT_OK;
}

/* Content-Disposition: form-data; name="..."; filename="..." (RFC 7578 section 4.2) */
static enum digit_status read_disposition(struct multipart_part *part, const char *text,
                                          struct digit_error *error)
{
    struct header_value value;
    char filename[MULTIPART_MAX_LINE_BYTES + 1];
    enum header_parameter plain, extended;
    if (!header_value_parse(&value, text) || strcmp(value.value, "form-data") != 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "the Content-Disposition of a part is not form-data");
    if (header_value_parameter(part->name, sizeof part->name, &value, "name") !=
            HEADER_PARAMETER_FOUND ||
        part->name[0] == '\0')
        return digit_fail(error, DIGIT_MALFORMED,
                          "the Content-Disposition of a part has no name of 1 to %d bytes",
                          MULTIPART_NAME_BYTES - 1);
    plain = header_value_parameter(filename, sizeof filename, &value, "filename");
    extended = header_value_parameter(filename, sizeof filename, &value, "filename*");
    if (plain == HEADER_PARAMETER_MALFORMED || extended == HEADER_PARAMETER_MALFORMED)
        return digit_fail(error, DIGIT_MALFORMED,
                          "the Content-Disposition of a part has a malformed filename");
    part->has_filename = plain == HEADER_PARAMETER_FOUND || extended == HEADER_PARAMETER_FOUND;
    return DIGIT_OK;
}

static enum digit_status read_type(struct multipart_part *part, const char *text,
                                   struct digit_error *error)
{
    struct header_value value;
    if (!header_value_parse(&value, text))
        return digit_fail(error, DIGIT_MALFORMED, "the Content-Type of a part is malformed");
    snprintf(part->type, sizeof part->type, "%s", value.value);
    return DIGIT_OK;
}

/* Accepts the codings that change nothing; HTTP has no use for others (RFC 7578 section 4.7). */
static enum digit_status check_transfer_encoding(const char *text, struct digit_error *error)
{
    static const char *const identities[] = {"7bit", "8bit", "binary"};
    struct header_value value;
    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
        if (header_value_parse(&value, text) && strcmp(value.value, identities[i]) == 0)
            return DIGIT_OK;
    }
    return digit_fail(error, DIGIT_UNSUPPORTED,
                      "the Content-Transfer-Encoding of a part is not 7bit, 8bit or binary");
}

/* Reads one header line, "Name: value"; headers that have no meaning here are ignored. */
static enum digit_status read_header(struct multipart_part *part, char *line,
                                     struct digit_error *error)
{
    char *colon = strchr(line, ':');
    if (colon == NULL || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
        return digit_fail(error, DIGIT_MALFORMED, "a header line of a part is not 'Name: value'");
    *colon = '\0';
    if (strcasecmp(line, "Content-Disposition") == 0) {
        if (part->name[0] != '\0')
            return digit_fail(error, DIGIT_MALFORMED, "a part has two Content-Disposition headers");
        return read_disposition(part, colon + 1, error);
    }
    if (strcasecmp(line, "Content-Type") == 0)
        return read_type(part, colon + 1, error);
    if (strcasecmp(line, "Content-Transfer-Encoding") == 0)
        return check_transfer_encoding(colon + 1, error);
    return DIGIT_OK;
}

/* Reads the headers and the empty line that ends them. */
static enum digit_status read_headers(struct multipart *multipart, struct multipart_part *part,
                                      struct digit_error *error)
{
    char line[MULTIPART_MAX_LINE_BYTES + 1];
    enum digit_status status;
    for (size_t i = 0; i <= MULTIPART_MAX_HEADERS; i++) {
        status = read_line(line, multipart, error);
        if (status != DIGIT_OK)
            return status;
        if (line[0] == '\0' && part->name[0] == '\0')
            return digit_fail(error, DIGIT_MALFORMED,
                              "byte %zu: a part has no Content-Disposition header", multipart->at);
        if (line[0] == '\0')
            return DIGIT_OK;
        status = read_header(part, line, error);
        if (status != DIGIT_OK)
            return status;
    }
    return digit_fail(error, DIGIT_LIMIT, "a part has more than %d headers", MULTIPART_MAX_HEADERS);
}

/* Finds the end of the contents and reads the boundary there. */
static enum digit_status read_contents(struct multipart *multipart, struct multipart_part *part,
                                       struct digit_error *error)
{
    const uint8_t *begin = multipart->body + multipart->at;
    const uint8_t *end =
        memmem(begin, bytes_left(multipart), multipart->delimiter, multipart->delimiter_bytes);
    if (end == NULL)
        return digit_fail(error, DIGIT_MALFORMED,
                          "byte %zu: the body ends before the boundary that closes the part",
                          multipart->size);
    part->bytes = begin;
    part->size = (size_t)(end - begin);
    multipart->at += part->size + multipart->delimiter_bytes;
    return finish_boundary(multipart, error);
}

enum digit_status multipart_next(struct multipart *multipart, struct multipart_part *part,
                                 bool *found, struct digit_error *error)
{
    enum digit_status status;
    *found = !multipart->finished;
    *part = (struct multipart_part){.size = 0};
    if (multipart->finished)
        return DIGIT_OK;
    if (multipart->part_count++ >= multipart->max_parts)
        return digit_fail(error, DIGIT_LIMIT, "the body has more than %zu parts",
                          multipart->max_parts);
    status = read_headers(multipart, part, error);
    if (status != DIGIT_OK)
        return status;
    return read_contents(multipart, part, error);
}
