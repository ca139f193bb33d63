#include "trainer/net/ema.h"

#include "tests/test.h"
#include "tests/trainer/net/three_threads.h"

TEST(the_ema_starts_at_the_first_values)
{
    const float values[] = {1.0f, -2.0f};
    struct ema *ema;
    assert_int_equal(ema_create(&ema, values, 2, 0.9, NULL), DIGIT_OK);
    assert_memory_equal(ema_values(ema), values, sizeof values);
    ema_destroy(ema);
}

/* By hand: d = (1 + t) / (10 + t) is 1/10, then 2/11; from 1 towards 0 gives 0.1, then 0.1 *
 * 2/11. */
TEST(early_updates_forget_faster)
{
    const float start = 1.0f, zero = 0.0f;
    struct ema *ema;
    assert_int_equal(ema_create(&ema, &start, 1, 0.9, NULL), DIGIT_OK);
    ema_update(ema, &zero, three_threads);
    assert_float_equal(ema_values(ema)[0], 0.1f, 1e-7f);
    ema_update(ema, &zero, three_threads);
    assert_float_equal(ema_values(ema)[0], 0.1f * 2.0f / 11.0f, 1e-7f);
    ema_destroy(ema);
}

/* (1 + t) / (10 + t) reaches 0.5 at t = 8; from then on each update halves the distance. */
TEST(later_updates_use_the_decay)
{
    const float start = 0.0f, one = 1.0f, zero = 0.0f;
    struct ema *ema;
    assert_int_equal(ema_create(&ema, &start, 1, 0.5, NULL), DIGIT_OK);
    for (size_t i = 0; i < 8; i++)
        ema_update(ema, &zero, three_threads);
    ema_update(ema, &one, three_threads);
    assert_float_equal(ema_values(ema)[0], 0.5f, 1e-7f);
    ema_update(ema, &one, three_threads);
    assert_float_equal(ema_values(ema)[0], 0.75f, 1e-7f);
    ema_destroy(ema);
}

TEST(with_decay_zero_the_ema_is_the_latest_values)
{
    const float start[] = {0.5f, 0.5f}, latest[] = {0.3f, -1e-30f};
    struct ema *ema;
    assert_int_equal(ema_create(&ema, start, 2, 0.0, NULL), DIGIT_OK);
    ema_update(ema, latest, three_threads);
    assert_memory_equal(ema_values(ema), latest, sizeof latest);
    ema_destroy(ema);
    ema_destroy(NULL);
}

TEST(a_restored_ema_continues_to_the_same_bits)
{
    const float start[] = {1.0f, -2.0f}, next[] = {0.3f, 0.7f};
    struct ema *first, *second;
    assert_int_equal(ema_create(&first, start, 2, 0.9, NULL), DIGIT_OK);
    assert_int_equal(ema_create(&second, next, 2, 0.9, NULL), DIGIT_OK);
    ema_update(first, next, three_threads);
    ema_restore(second, ema_values(first), 1);
    ema_update(first, next, three_threads);
    ema_update(second, next, three_threads);
    assert_memory_equal(ema_values(first), ema_values(second), sizeof start);
    ema_destroy(second);
    ema_destroy(first);
}

TEST_MAIN_WITH(three_threads_create, three_threads_destroy,
               cmocka_unit_test(the_ema_starts_at_the_first_values),
               cmocka_unit_test(early_updates_forget_faster),
               cmocka_unit_test(later_updates_use_the_decay),
               cmocka_unit_test(with_decay_zero_the_ema_is_the_latest_values),
               cmocka_unit_test(a_restored_ema_continues_to_the_same_bits))
