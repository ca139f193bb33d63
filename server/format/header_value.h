/*
 * The value of a header with parameters, "multipart/form-data; boundary=x" (RFC 9110 section
 * 5.6.6).
 *
 *     if (!header_value_parse(&value, content_type)) ...
 *     found = header_value_parameter(boundary, sizeof boundary, &value, "boundary");
 *
 * Threads: any, on different objects.
 */
#ifndef SERVER_FORMAT_HEADER_VALUE_H
#define SERVER_FORMAT_HEADER_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define HEADER_VALUE_BYTES 128

struct header_value {
    char value[HEADER_VALUE_BYTES]; /* the part before the first ';', in lower case */
    const char *parameters;         /* the rest; borrowed from the text */
};

/*
 * Splits `text`, which must outlive `out`. False if the value is empty, too long or contains a
 * space or a control character.
 */
bool header_value_parse(struct header_value *out, const char *text);

enum header_parameter {
    HEADER_PARAMETER_FOUND,
    HEADER_PARAMETER_MISSING,
    HEADER_PARAMETER_MALFORMED, /* the list breaks the grammar, or the parameter is given twice or
                                   is too long */
};

/*
 * Finds the parameter `name`, whatever its letter case, and writes its value, a token or a quoted
 * string, into out [out_bytes], NUL-terminated. Every call checks the whole list.
 */
enum header_parameter header_value_parameter(char *out, size_t out_bytes,
                                             const struct header_value *value, const char *name);

#endif
