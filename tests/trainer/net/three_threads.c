#include "tests/trainer/net/three_threads.h"

struct thread_pool *three_threads;

int three_threads_create(void **state)
{
    (void)state;
    return thread_pool_create(&three_threads, 3, NULL) == DIGIT_OK ? 0 : -1;
}

int three_threads_destroy(void **state)
{
    (void)state;
    thread_pool_destroy(three_threads);
    return 0;
}
