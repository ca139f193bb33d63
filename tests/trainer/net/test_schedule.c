#include "trainer/net/schedule.h"

#include <math.h>

#include "tests/support/golden.h"
#include "tests/test.h"

/* The golden rates were rounded to float32; the tolerance is relative to each rate. */
#define TOLERANCE 1e-6

static void assert_cycle(const char *name, double peak)
{
    struct safetensors *golden = golden_open("optimizer.safetensors");
    const struct safetensor *expected = golden_get(golden, "one_cycle", name);
    struct schedule schedule = schedule_make(SCHEDULE_ONE_CYCLE, peak, expected->count);
    for (size_t i = 0; i < expected->count; i++) {
        double rate = schedule_rate(&schedule, i);
        if (fabs(rate - (double)expected->data[i]) > TOLERANCE * (double)expected->data[i])
            fail_msg("step %zu of %s: %.9g, expected %.9g", i, name, rate,
                     (double)expected->data[i]);
    }
    safetensors_destroy(golden);
}

TEST(one_cycle_matches_pytorch)
{
    assert_cycle("long", 0.003);
}

TEST(one_cycle_of_few_steps_matches_pytorch)
{
    assert_cycle("short", 0.01);
}

/* The peak lies before the first step. */
TEST(one_cycle_without_a_rise_matches_pytorch)
{
    assert_cycle("three", 1.0);
}

TEST(one_cycle_of_one_step_is_finite)
{
    struct schedule schedule = schedule_make(SCHEDULE_ONE_CYCLE, 0.01, 1);
    assert_true(schedule_rate(&schedule, 0) == 0.01 / 25.0 / 1e4);
}

TEST(a_constant_rate_does_not_change)
{
    struct schedule schedule = schedule_make(SCHEDULE_CONSTANT, 0.01, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(schedule_rate(&schedule, i) == 0.01);
}

TEST_MAIN(cmocka_unit_test(one_cycle_matches_pytorch),
          cmocka_unit_test(one_cycle_of_few_steps_matches_pytorch),
          cmocka_unit_test(one_cycle_without_a_rise_matches_pytorch),
          cmocka_unit_test(one_cycle_of_one_step_is_finite),
          cmocka_unit_test(a_constant_rate_does_not_change))
