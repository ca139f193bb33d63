#include "trainer/report/history.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static const struct fit_epoch EPOCHS[] = {
    {.last = {.images = 300}, .seconds = 4.0},
    {.last = {.images = 300}, .seconds = 2.0},
    {.last = {.images = 300}, .seconds = 0.0},
};
static const struct history HISTORY = {EPOCHS, 3, 1000.0};

TEST(times_are_counted_back_from_the_end)
{
    assert_true(history_elapsed_s(&HISTORY) == 6.0);
    assert_true(history_ended_s(&HISTORY, 2) == 1000.0);
    assert_true(history_ended_s(&HISTORY, 1) == 1000.0);
    assert_true(history_ended_s(&HISTORY, 0) == 998.0);
}

TEST(an_epoch_without_time_has_no_speed)
{
    assert_true(history_speed(&EPOCHS[0]) == 75.0);
    assert_true(history_speed(&EPOCHS[2]) == 0.0);
}

TEST_MAIN(cmocka_unit_test(times_are_counted_back_from_the_end),
          cmocka_unit_test(an_epoch_without_time_has_no_speed))
