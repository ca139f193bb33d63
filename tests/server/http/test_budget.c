#include "server/http/budget.h"

#include <pthread.h>

#include "tests/test.h"

#define THREADS 4
#define ROUNDS  20000

TEST(what_fits_is_taken_and_can_be_given_back)
{
    struct budget budget = {.limit_bytes = 100};
    assert_true(budget_take(&budget, 60));
    assert_false(budget_take(&budget, 41));
    assert_true(budget_take(&budget, 40));
    assert_true(budget_take(&budget, 0));
    assert_false(budget_take(&budget, 1));
    budget_give(&budget, 60);
    assert_true(budget_take(&budget, 60));
    assert_false(budget_take(&budget, SIZE_MAX));
}

/* Takes 1 of a limit of 2: at most two threads may have taken some at once. */
static void *take_and_give(void *argument)
{
    struct budget *budget = argument;
    for (size_t i = 0; i < ROUNDS; i++)
        if (budget_take(budget, 1)) {
            if (atomic_load(&budget->taken_bytes) > budget->limit_bytes)
                return budget;
            budget_give(budget, 1);
        }
    return NULL;
}

TEST(threads_never_have_more_than_the_limit)
{
    struct budget budget = {.limit_bytes = 2};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &budget), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(atomic_load(&budget.taken_bytes), 0);
}

TEST_MAIN(cmocka_unit_test(what_fits_is_taken_and_can_be_given_back),
          cmocka_unit_test(threads_never_have_more_than_the_limit))
