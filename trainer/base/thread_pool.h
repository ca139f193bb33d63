/*
 * A pool of a fixed number of threads that all run the same function at the same time.
 *
 *     thread_pool_run(pool, work, &job);     every thread calls work(&job, thread, thread_count)
 *
 * The calling thread takes part as thread 0. To make results independent of the number of threads,
 * write the result of each item to its own place and sum the places in order afterwards.
 */
#ifndef TRAINER_BASE_THREAD_POOL_H
#define TRAINER_BASE_THREAD_POOL_H

#include <stddef.h>

#include <digit/status.h>

#define THREAD_POOL_MAX_THREADS 256

struct thread_pool;

/* Called once in each thread; `thread` is 0 to thread_count - 1. */
typedef void thread_pool_function(void *job, size_t thread, size_t thread_count);

/*
 * Creates a pool of `thread_count` threads, 1 to THREAD_POOL_MAX_THREADS, including the calling
 * thread. The caller owns the pool. Errors: NO_MEMORY, IO (a thread cannot be started).
 */
DIGIT_MUST_CHECK enum digit_status thread_pool_create(struct thread_pool **out, size_t thread_count,
                                                      struct digit_error *error);

/* Stops the threads and frees the pool. NULL is allowed. */
void thread_pool_destroy(struct thread_pool *pool);

/* Number of threads, including the one that created the pool. */
size_t thread_pool_size(const struct thread_pool *pool);

/* Runs `function` in every thread and returns when all have finished. Only the thread that created
 * the pool may call it. */
void thread_pool_run(struct thread_pool *pool, thread_pool_function *function, void *job);

/* Called by every thread inside thread_pool_run: returns when all of them have called it. */
void thread_pool_barrier(struct thread_pool *pool);

/* Processes items first to first + count - 1 in thread `thread`. */
typedef enum digit_status thread_pool_block_function(void *job, size_t first, size_t count,
                                                     size_t thread, struct digit_error *error);

/*
 * Divides `count` items into blocks of `block_size` (1 or more; the last block may be smaller),
 * assigns the blocks to the threads round-robin and runs `function` on each. A thread stops at its
 * first error. Only the thread that created the pool may call it. Errors: NO_MEMORY; otherwise the
 * error of the lowest-numbered thread that failed.
 */
DIGIT_MUST_CHECK enum digit_status thread_pool_each_block(struct thread_pool *pool, size_t count,
                                                          size_t block_size,
                                                          thread_pool_block_function *function,
                                                          void *job, struct digit_error *error);

#endif
