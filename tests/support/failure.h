/*
 * Checks of the status and the message of a failing function. Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_FAILURE_H
#define TESTS_SUPPORT_FAILURE_H

#include <digit/status.h>

/*
 * Asserts that `status` and error->status are `expected`, and that the message is one line that
 * contains `words` and does not end with a full stop.
 */
void assert_failure(enum digit_status status, const struct digit_error *error,
                    enum digit_status expected, const char *words);

#endif
