#include "trainer/base/thread_pool.h"

#include <stdatomic.h>
#include <string.h>

#include "tests/test.h"

#define MAX_THREADS 8
#define ROUNDS      500
#define STAGES      20

static struct digit_error error;

static struct thread_pool *make_pool(size_t thread_count)
{
    struct thread_pool *pool = NULL;
    if (thread_pool_create(&pool, thread_count, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(thread_pool_size(pool), thread_count);
    return pool;
}

/* Not atomic on purpose: if the pool ran a thread twice or returned early, there would be a data
 * race that the thread sanitizer reports. */
struct counting {
    size_t calls[MAX_THREADS];
    size_t thread_count[MAX_THREADS];
};

static void count_call(void *job, size_t thread, size_t thread_count)
{
    struct counting *counting = job;
    counting->calls[thread]++;
    counting->thread_count[thread] = thread_count;
}

TEST(every_thread_is_called_once_in_each_of_many_rounds)
{
    for (size_t thread_count = 1; thread_count <= MAX_THREADS; thread_count++) {
        struct thread_pool *pool = make_pool(thread_count);
        struct counting counting = {{0}, {0}};
        for (size_t round = 1; round <= ROUNDS; round++) {
            thread_pool_run(pool, count_call, &counting);
            for (size_t i = 0; i < thread_count; i++)
                assert_int_equal(counting.calls[i], round);
        }
        for (size_t i = 0; i < thread_count; i++)
            assert_int_equal(counting.thread_count[i], thread_count);
        for (size_t i = thread_count; i < MAX_THREADS; i++)
            assert_int_equal(counting.calls[i], 0);
        thread_pool_destroy(pool);
    }
}

static void write_thread_number(void *job, size_t thread, size_t thread_count)
{
    (void)thread_count;
    ((size_t *)job)[thread] = thread + 1;
}

TEST(rounds_may_run_different_functions)
{
    struct thread_pool *pool = make_pool(3);
    struct counting counting = {{0}, {0}};
    size_t places[3] = {0};
    for (size_t round = 0; round < ROUNDS; round++) {
        memset(places, 0, sizeof places);
        thread_pool_run(pool, count_call, &counting);
        thread_pool_run(pool, write_thread_number, places);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(places[i], i + 1);
            assert_int_equal(counting.calls[i], round + 1);
        }
    }
    thread_pool_destroy(pool);
}

/*
 * In each stage, a thread writes its own place and, after the barrier, reads all places. The second
 * barrier keeps a fast thread from writing the next stage while a slow one still reads this one.
 */
struct stages {
    struct thread_pool *pool;
    size_t places[MAX_THREADS];
    atomic_size_t mistakes;
};

static void pass_stages(void *job, size_t thread, size_t thread_count)
{
    struct stages *stages = job;
    for (size_t stage = 1; stage <= STAGES; stage++) {
        stages->places[thread] = stage;
        thread_pool_barrier(stages->pool);
        for (size_t i = 0; i < thread_count; i++)
            if (stages->places[i] != stage)
                stages->mistakes++;
        thread_pool_barrier(stages->pool);
    }
}

TEST(no_thread_passes_a_barrier_before_all_have_arrived)
{
    for (size_t thread_count = 1; thread_count <= MAX_THREADS; thread_count++) {
        struct stages stages = {.pool = make_pool(thread_count)};
        for (size_t round = 0; round < 10; round++)
            thread_pool_run(stages.pool, pass_stages, &stages);
        assert_int_equal(stages.mistakes, 0);
        thread_pool_destroy(stages.pool);
    }
}

TEST(a_pool_that_never_ran_can_be_destroyed)
{
    for (int i = 0; i < 20; i++)
        thread_pool_destroy(make_pool(MAX_THREADS));
    thread_pool_destroy(NULL);
}

/* How often each item was processed, and which blocks fail. */
struct items {
    size_t visits[100];
    size_t block_size;
    size_t fails_from; /* blocks that begin here or later fail */
};

static enum digit_status visit_block(void *job, size_t first, size_t count, size_t thread,
                                     struct digit_error *failure)
{
    struct items *items = job;
    (void)thread;
    if (first >= items->fails_from)
        return digit_fail(failure, DIGIT_LIMIT, "block at %zu", first);
    if (first % items->block_size != 0 || count > items->block_size)
        return digit_fail(failure, DIGIT_INVALID, "%zu items at %zu", count, first);
    for (size_t i = first; i < first + count; i++)
        items->visits[i]++;
    return DIGIT_OK;
}

TEST(every_item_is_processed_once)
{
    static const size_t block_sizes[] = {1, 7, 16, 100, 200};
    for (size_t thread_count = 1; thread_count <= MAX_THREADS; thread_count++) {
        struct thread_pool *pool = make_pool(thread_count);
        for (size_t b = 0; b < sizeof block_sizes / sizeof *block_sizes; b++) {
            struct items items = {{0}, block_sizes[b], SIZE_MAX};
            assert_int_equal(
                thread_pool_each_block(pool, 100, block_sizes[b], visit_block, &items, &error),
                DIGIT_OK);
            for (size_t i = 0; i < 100; i++)
                assert_int_equal(items.visits[i], 1);
        }
        thread_pool_destroy(pool);
    }
}

TEST(the_error_of_the_first_thread_that_failed_is_returned)
{
    struct thread_pool *pool = make_pool(3);
    /* Thread 2 fails at its first block, the others at their second. */
    struct items items = {{0}, 10, 20};
    assert_int_equal(thread_pool_each_block(pool, 100, 10, visit_block, &items, &error),
                     DIGIT_LIMIT);
    assert_string_equal(error.message, "block at 30");
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(items.visits[i], i < 20);
    assert_int_equal(thread_pool_each_block(pool, 0, 10, visit_block, &items, &error), DIGIT_OK);
    thread_pool_destroy(pool);
}

TEST_MAIN(cmocka_unit_test(every_thread_is_called_once_in_each_of_many_rounds),
          cmocka_unit_test(rounds_may_run_different_functions),
          cmocka_unit_test(no_thread_passes_a_barrier_before_all_have_arrived),
          cmocka_unit_test(a_pool_that_never_ran_can_be_destroyed),
          cmocka_unit_test(every_item_is_processed_once),
          cmocka_unit_test(the_error_of_the_first_thread_that_failed_is_returned))
