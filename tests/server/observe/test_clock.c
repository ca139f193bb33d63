#include "server/observe/clock.h"

#include <errno.h>
#include <time.h>

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

TEST(time_after_milliseconds_carries_into_seconds)
{
    for (long ms = 0; ms < 3000; ms += 130) {
        long long before_ms = clock_monotonic_ms();
        struct timespec end = clock_after_ms(ms);
        long long after_ms = clock_monotonic_ms();
        long long end_ms = (long long)end.tv_sec * 1000 + end.tv_nsec / 1000000;
        assert_true(end.tv_nsec >= 0 && end.tv_nsec < 1000000000);
        assert_true(end_ms >= before_ms + ms && end_ms <= after_ms + ms);
    }
}

TEST(condition_waits_by_this_clock)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    clock_init_condition(&condition);
    struct timespec end = clock_after_ms(20);
    double begun_s = clock_monotonic_s();
    pthread_mutex_lock(&mutex);
    while (pthread_cond_timedwait(&condition, &mutex, &end) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&mutex);
    assert_true(clock_monotonic_s() - begun_s >= 0.02 - 1e-3);
    pthread_cond_destroy(&condition);
}

TEST_MAIN(cmocka_unit_test(seconds_and_milliseconds_are_those_of_one_clock),
          cmocka_unit_test(the_time_of_day_is_the_systems),
          cmocka_unit_test(time_after_milliseconds_carries_into_seconds),
          cmocka_unit_test(condition_waits_by_this_clock))
