#include "tests/support/failure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void assert_failure(enum digit_status status, const struct digit_error *error,
                    enum digit_status expected, const char *words)
{
    if (status == DIGIT_OK)
        fail_msg("taken, but \"%s\" was expected", words);
    if (status != expected || error->status != expected)
        fail_msg("status %d (the error says %d), expected %d: %s", (int)status, (int)error->status,
                 (int)expected, error->message);
    if (strstr(error->message, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, error->message);
    assert_null(strchr(error->message, '\n'));
    assert_true(error->message[strlen(error->message) - 1] != '.');
}
