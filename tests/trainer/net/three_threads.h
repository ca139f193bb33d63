/*
 * A thread pool for the tests of a file: three threads, so that their parts of the work are unequal.
 *
 *     TEST_MAIN_WITH(three_threads_create, three_threads_destroy, ...)
 */
#ifndef TESTS_TRAINER_NET_THREE_THREADS_H
#define TESTS_TRAINER_NET_THREE_THREADS_H

#include "trainer/base/thread_pool.h"

/* Set between create and destroy. */
extern struct thread_pool *three_threads;

int three_threads_create(void **state);
int three_threads_destroy(void **state);

#endif
