/*
 * Checks of what a failing function says. They end the cmocka test.
 */
#ifndef TESTS_SUPPORT_FAILURE_H
#define TESTS_SUPPORT_FAILURE_H

#include <digit/status.h>

/*
 * `status`, which came with `error`, is `expected`, and the message is one line that holds `words`
 * and does not end in a full stop.
 */
void assert_failure(enum digit_status status, const struct digit_error *error,
                    enum digit_status expected, const char *words);

#endif
