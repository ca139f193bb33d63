#include "trainer/average.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Three, so that the shares are unequal. */
static struct team *team;

static int make_team(void **state)
{
    (void)state;
    return team_create(&team, 3, NULL) == DIGIT_OK ? 0 : -1;
}

static int end_team(void **state)
{
    (void)state;
    team_destroy(team);
    return 0;
}

static void it_starts_at_the_first_values(void **state)
{
    (void)state;
    const float values[] = {1.0f, -2.0f};
    struct average *average;
    assert_int_equal(average_create(&average, values, 2, 0.9, NULL), DIGIT_OK);
    assert_memory_equal(average_values(average), values, sizeof values);
    average_destroy(average);
}

/* By hand: (1 + t) / (10 + t) is 1/10, then 2/11; from 1 to 0 leaves 0.1, then 0.1 * 2/11. */
static void early_updates_forget_faster(void **state)
{
    (void)state;
    const float start = 1.0f, zero = 0.0f;
    struct average *average;
    assert_int_equal(average_create(&average, &start, 1, 0.9, NULL), DIGIT_OK);
    average_update(average, &zero, team);
    assert_float_equal(average_values(average)[0], 0.1f, 1e-7f);
    average_update(average, &zero, team);
    assert_float_equal(average_values(average)[0], 0.1f * 2.0f / 11.0f, 1e-7f);
    average_destroy(average);
}

/* (1 + t) / (10 + t) reaches 0.5 at t = 8; from there on each update halves the distance. */
static void later_updates_use_the_decay(void **state)
{
    (void)state;
    const float start = 0.0f, one = 1.0f, zero = 0.0f;
    struct average *average;
    assert_int_equal(average_create(&average, &start, 1, 0.5, NULL), DIGIT_OK);
    for (size_t i = 0; i < 8; i++)
        average_update(average, &zero, team);
    average_update(average, &one, team);
    assert_float_equal(average_values(average)[0], 0.5f, 1e-7f);
    average_update(average, &one, team);
    assert_float_equal(average_values(average)[0], 0.75f, 1e-7f);
    average_destroy(average);
}

static void decay_zero_keeps_the_latest(void **state)
{
    (void)state;
    const float start[] = {0.5f, 0.5f}, latest[] = {0.3f, -1e-30f};
    struct average *average;
    assert_int_equal(average_create(&average, start, 2, 0.0, NULL), DIGIT_OK);
    average_update(average, latest, team);
    assert_memory_equal(average_values(average), latest, sizeof latest);
    average_destroy(average);
    average_destroy(NULL);
}

static void a_restored_average_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    const float start[] = {1.0f, -2.0f}, next[] = {0.3f, 0.7f};
    struct average *first, *second;
    assert_int_equal(average_create(&first, start, 2, 0.9, NULL), DIGIT_OK);
    assert_int_equal(average_create(&second, next, 2, 0.9, NULL), DIGIT_OK);
    average_update(first, next, team);
    average_restore(second, average_values(first), 1);
    average_update(first, next, team);
    average_update(second, next, team);
    assert_memory_equal(average_values(first), average_values(second), sizeof start);
    average_destroy(second);
    average_destroy(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_at_the_first_values),
        cmocka_unit_test(early_updates_forget_faster),
        cmocka_unit_test(later_updates_use_the_decay),
        cmocka_unit_test(decay_zero_keeps_the_latest),
        cmocka_unit_test(a_restored_average_goes_on_to_the_same_bits),
    };
    return cmocka_run_group_tests(tests, make_team, end_team);
}
