#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/observe/clock.h"

static void seconds_and_milliseconds_are_those_of_one_clock(void **state)
{
    (void)state;
    double before_s = clock_monotonic_s();
    long long between_ms = clock_monotonic_ms();
    double after_s = clock_monotonic_s();
    assert_true(between_ms >= (long long)(before_s * 1e3) - 1);
    assert_true(between_ms <= (long long)(after_s * 1e3) + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_and_milliseconds_are_those_of_one_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
