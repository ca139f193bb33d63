#include <time.h>

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

/* The last tick may be some milliseconds ago, 10 at the lowest usual rate of ticks. */
TEST(the_time_of_day_is_the_systems)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    uint64_t before_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    uint64_t unix_ms = clock_unix_ms();
    assert_true(unix_ms + 20 >= before_ms);
    assert_true(unix_ms <= before_ms + 10000);
}

TEST_MAIN(cmocka_unit_test(seconds_and_milliseconds_are_those_of_one_clock),
          cmocka_unit_test(the_time_of_day_is_the_systems))
