#include <digit/status.h>

#include <stdarg.h>
#include <stdio.h>

enum digit_status digit_fail(struct digit_error *error, enum digit_status status,
                             const char *format, ...)
{
    if (error != NULL) {
        error->status = status;
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}
