/*
 * A fixed pool of threads that run one function at a time together.
 *
 *     thread_pool_run(pool, work, &job);     every thread calls work(&job, thread, thread_count)
 *
 * The caller's thread is thread 0. Results must not depend on the number of threads: give each item of
 * work a place of its own and add the places up in order.
 */
#ifndef TRAINER_BASE_THREAD_POOL_H
#define TRAINER_BASE_THREAD_POOL_H

#include <stddef.h>

#include <digit/status.h>

#define THREAD_POOL_MAX_THREADS 256

struct thread_pool;

/* Called once in each thread, `thread` from 0 to thread_count - 1. */
typedef void thread_pool_function(void *job, size_t thread, size_t thread_count);

/*
 * Starts a pool of `thread_count` threads, 1 to THREAD_POOL_MAX_THREADS, the calling thread included.
 * The caller owns it. Errors: NO_MEMORY, IO (a thread cannot be started).
 */
DIGIT_MUST_CHECK enum digit_status thread_pool_create(struct thread_pool **out, size_t thread_count,
                                                      struct digit_error *error);

/* Ends the threads. NULL is taken. */
void thread_pool_destroy(struct thread_pool *pool);

/* Number of threads, the creating one included. */
size_t thread_pool_size(const struct thread_pool *pool);

/* Runs `function` in every thread and returns when all are done. Only the creating thread may call. */
void thread_pool_run(struct thread_pool *pool, thread_pool_function *function, void *job);

/* Inside thread_pool_run: waits until every thread has called it. */
void thread_pool_barrier(struct thread_pool *pool);

/* Works on items first to first + count - 1 in `thread`. */
typedef enum digit_status thread_pool_block_function(void *job, size_t first, size_t count,
                                                     size_t thread, struct digit_error *error);

/*
 * Cuts `count` items into blocks of `block_size` (1 or more; the last may be shorter), deals them out to
 * the threads in turn and runs `function` on each. A thread stops at its first failure. Only the creating
 * thread may call. Errors: NO_MEMORY, else the failure of the first thread that has one.
 */
DIGIT_MUST_CHECK enum digit_status thread_pool_each_block(struct thread_pool *pool, size_t count,
                                                          size_t block_size,
                                                          thread_pool_block_function *function,
                                                          void *job, struct digit_error *error);

#endif
