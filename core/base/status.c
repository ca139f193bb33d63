#include <digit/status.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

/* Messages quote names from files; a control character in a name would break the line. */
static void replace_controls(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
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
