#include <digit/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

/*
 * Messages quote names from files and the command line. A control character in a name would break
 * the line or be obeyed by a terminal, and so would half a character that was cut.
 */
static void replace_controls(char *text)
{
    uint8_t *to = (uint8_t *)text;
    const uint8_t *from = to;
    size_t left = strlen(text);
    while (left > 0) {
        size_t size = utf8_sequence(from, left);
        if (size == 0 || utf8_is_control(utf8_decode(from, size))) {
            *to++ = '?';
            size = size == 0 ? 1 : size;
        } else {
            memmove(to, from, size);
            to += size;
        }
        from += size;
        left -= size;
    }
    *to = '\0';
}

enum digit_status digit_fail(struct digit_error *error, enum digit_status status,
                             const char *format, ...)
{
    if (error != NULL) {
        error->status = status;
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        replace_controls(error->message);
    }
    return status;
}
