#include "trainer/base/thread_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* How often a waiting thread polls before it sleeps: a few tens of microseconds. */
#define SPINS 4000

/*
 * The pool's threads wait for `generation` to change. thread_pool_run advances it, works as thread
 * 0 and waits until `done` has counted all other threads; the barrier counts arrivals in the same
 * way. A waiting thread polls the counter for a while, because the next work usually follows soon,
 * and then sleeps. The thread that advances a counter wakes the sleeping ones.
 */
struct thread_pool {
    size_t thread_count; /* including the caller's */
    size_t started;      /* number of running `threads` */
    pthread_t *threads;  /* [thread_count - 1] */
    pthread_mutex_t mutex;
    pthread_cond_t advanced; /* signalled when any counter changes */
    atomic_size_t generation;
    atomic_size_t done; /* finished threads, summed over all generations */
    atomic_size_t arrived;
    atomic_size_t barriers;
    bool ending;
    thread_pool_function *function;
    void *job;
};

struct thread_start {
    struct thread_pool *pool;
    size_t index;
};

static void pause_cpu(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Returns when the counter no longer equals `seen`. */
static void await_change(struct thread_pool *pool, atomic_size_t *counter, size_t seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(counter) != seen)
            return;
        pause_cpu();
    }
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(counter) == seen)
        pthread_cond_wait(&pool->advanced, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

/* Increments a counter and wakes the threads that wait for it. */
static void advance_counter(struct thread_pool *pool, atomic_size_t *counter)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(counter, 1);
    pthread_cond_broadcast(&pool->advanced);
    pthread_mutex_unlock(&pool->mutex);
}

static void *thread_main(void *argument)
{
    struct thread_start start = *(struct thread_start *)argument;
    struct thread_pool *pool = start.pool;
    free(argument);
    for (size_t seen = 0;; seen++) {
        await_change(pool, &pool->generation, seen);
        if (pool->ending)
            return NULL;
        pool->function(pool->job, start.index, pool->thread_count);
        advance_counter(pool, &pool->done);
    }
}

static bool start_thread(struct thread_pool *pool, size_t index)
{
    struct thread_start *start = malloc(sizeof *start);
    if (start == NULL)
        return false;
    *start = (struct thread_start){pool, index};
    if (pthread_create(&pool->threads[index - 1], NULL, thread_main, start) != 0) {
        free(start);
        return false;
    }
    pool->started++;
    return true;
}

enum digit_status thread_pool_create(struct thread_pool **out, size_t thread_count,
                                     struct digit_error *error)
{
    *out = NULL;
    struct thread_pool *pool = calloc(1, sizeof *pool);
    pthread_t *threads = calloc(thread_count, sizeof *threads);
    if (pool == NULL || threads == NULL) {
        free(pool);
        free(threads);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu threads", thread_count);
    }
    pool->thread_count = thread_count;
    pool->threads = threads;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->advanced, NULL);
    for (size_t index = 1; index < thread_count; index++)
        if (!start_thread(pool, index)) {
            thread_pool_destroy(pool);
            return digit_fail(error, DIGIT_IO, "cannot start thread %zu of %zu", index + 1,
                              thread_count);
        }
    *out = pool;
    return DIGIT_OK;
}

void thread_pool_destroy(struct thread_pool *pool)
{
    if (pool == NULL)
        return;
    pool->ending = true;
    advance_counter(pool, &pool->generation);
    for (size_t i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->advanced);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
    free(pool);
}

size_t thread_pool_size(const struct thread_pool *pool)
{
    return pool->thread_count;
}

void thread_pool_run(struct thread_pool *pool, thread_pool_function *function, void *job)
{
    size_t all_done = atomic_load(&pool->done) + pool->thread_count - 1;
    pool->function = function;
    pool->job = job;
    advance_counter(pool, &pool->generation);
    function(job, 0, pool->thread_count);
    for (size_t done; (done = atomic_load(&pool->done)) != all_done;)
        await_change(pool, &pool->done, done);
}

void thread_pool_barrier(struct thread_pool *pool)
{
    size_t barriers = atomic_load(&pool->barriers);
    if (atomic_fetch_add(&pool->arrived, 1) + 1 < pool->thread_count) {
        await_change(pool, &pool->barriers, barriers);
        return;
    }
    atomic_store(&pool->arrived, 0);
    advance_counter(pool, &pool->barriers);
}

/* The error of a thread; zeroed: none. */
struct failure {
    enum digit_status status;
    struct digit_error error;
};

/* The job of one thread_pool_each_block, shared by the threads. */
struct blocks {
    size_t count;
    size_t block_size;
    thread_pool_block_function *function;
    void *job;
    struct failure *failures; /* [thread_count] */
};

static void run_blocks(void *context, size_t thread, size_t thread_count)
{
    const struct blocks *blocks = context;
    struct failure *failure = &blocks->failures[thread];
    size_t step = thread_count * blocks->block_size;
    for (size_t first = thread * blocks->block_size; first < blocks->count; first += step) {
        size_t left = blocks->count - first;
        size_t count = left < blocks->block_size ? left : blocks->block_size;
        failure->status = blocks->function(blocks->job, first, count, thread, &failure->error);
        if (failure->status != DIGIT_OK)
            return;
    }
}

/* The first failure in failures [count], or OK. */
static enum digit_status first_failure(const struct failure *failures, size_t count,
                                       struct digit_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (failures[i].status != DIGIT_OK)
            return digit_fail(error, failures[i].status, "%s", failures[i].error.message);
    return DIGIT_OK;
}

enum digit_status thread_pool_each_block(struct thread_pool *pool, size_t count, size_t block_size,
                                         thread_pool_block_function *function, void *job,
                                         struct digit_error *error)
{
    struct blocks blocks = {count, block_size, function, job, NULL};
    blocks.failures = calloc(pool->thread_count, sizeof *blocks.failures);
    if (blocks.failures == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu threads", pool->thread_count);
    thread_pool_run(pool, run_blocks, &blocks);
    enum digit_status status = first_failure(blocks.failures, pool->thread_count, error);
    free(blocks.failures);
    return status;
}
