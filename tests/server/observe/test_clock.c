#include "server/observe/clock.h"

#include "tests/test.h"

TEST(seconds_and_milliseconds_are_those_of_one_clock)
{
    double before_s = clock_monotonic_s();
    long long between_ms = clock_monotonic_ms();
    double after_s = clock_monotonic_s();
    assert_true(between_ms >= (long long)(before_s * 1e3) - 1);
    assert_true(between_ms <= (long long)(after_s * 1e3) + 1);
}

TEST_MAIN(cmocka_unit_test(seconds_and_milliseconds_are_those_of_one_clock))
