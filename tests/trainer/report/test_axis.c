#include "trainer/report/axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

/* Pixels and values are results of a few additions and logarithms in double. */
#define TOLERANCE 1e-9

static void assert_ticks(const struct axis *axis, const double *expected, size_t count)
{
    double ticks[AXIS_TICKS_MAX];
    assert_int_equal(axis_ticks(ticks, axis), count);
    for (size_t i = 0; i < count; i++)
        assert_true(fabs(ticks[i] - expected[i]) < TOLERANCE);
}

TEST(a_linear_axis_ends_at_ticks_of_one_two_or_five)
{
    struct axis axis = axis_make(AXIS_LINEAR, 1.0, 8.2, 0.0, 100.0);
    assert_ticks(&axis, (const double[]){0, 2, 4, 6, 8, 10}, 6);
    axis = axis_make(AXIS_LINEAR, 0.0013, 0.0029, 0.0, 100.0);
    assert_ticks(&axis, (const double[]){0.001, 0.0015, 0.002, 0.0025, 0.003}, 5);
}

TEST(a_log_axis_has_ticks_at_one_two_and_five)
{
    struct axis axis = axis_make(AXIS_LOG, 0.021, 0.9, 0.0, 100.0);
    assert_ticks(&axis, (const double[]){0.02, 0.05, 0.1, 0.2, 0.5, 1.0}, 6);
    axis = axis_make(AXIS_LOG, 0.003, 40.0, 0.0, 100.0);
    assert_ticks(&axis, (const double[]){0.002, 0.01, 0.1, 1.0, 10.0, 50.0}, 6);
}

TEST(nines_are_equally_spaced)
{
    struct axis axis = axis_make(AXIS_NINES, 0.9, 0.999, 300.0, 0.0);
    assert_true(fabs(axis_place(&axis, 0.9) - 300.0) < 1e-6);
    assert_true(fabs(axis_place(&axis, 0.99) - 150.0) < 1e-6);
    assert_true(fabs(axis_place(&axis, 0.999) - 0.0) < 1e-6);
    assert_ticks(&axis, (const double[]){0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999}, 7);
}

TEST(every_axis_contains_its_values_and_ends_at_ticks)
{
    static const double values[] = {1e-7, 0.0003, 0.02, 0.5, 0.7, 0.93, 0.99, 0.9999};
    for (int scale = AXIS_LINEAR; scale <= AXIS_NINES; scale++)
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            for (size_t j = i; j < sizeof values / sizeof *values; j++) {
                double ticks[AXIS_TICKS_MAX];
                struct axis axis =
                    axis_make((enum axis_scale)scale, values[i], values[j], 10.0, 90.0);
                size_t count = axis_ticks(ticks, &axis);
                assert_in_range(count, 2, AXIS_TICKS_MAX);
                assert_true(ticks[0] <= values[i] + TOLERANCE);
                assert_true(ticks[count - 1] >= values[j] - TOLERANCE);
                assert_true(fabs(axis_place(&axis, ticks[0]) - 10.0) < 1e-6);
                assert_true(fabs(axis_place(&axis, ticks[count - 1]) - 90.0) < 1e-6);
                for (size_t k = 1; k < count; k++)
                    assert_true(ticks[k] > ticks[k - 1]);
            }
}

TEST(values_beyond_an_end_are_placed_at_that_end)
{
    struct axis axis = axis_make(AXIS_NINES, 0.9, 0.999, 0.0, 100.0);
    assert_true(fabs(axis_place(&axis, 1.0) - 100.0) < 1e-6);
    assert_true(fabs(axis_place(&axis, 0.0) - 0.0) < 1e-6);
}

TEST_MAIN(cmocka_unit_test(a_linear_axis_ends_at_ticks_of_one_two_or_five),
          cmocka_unit_test(a_log_axis_has_ticks_at_one_two_and_five),
          cmocka_unit_test(nines_are_equally_spaced),
          cmocka_unit_test(every_axis_contains_its_values_and_ends_at_ticks),
          cmocka_unit_test(values_beyond_an_end_are_placed_at_that_end))
