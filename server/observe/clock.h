/*
 * The time on a clock that only moves forward (CLOCK_MONOTONIC), to measure durations and deadlines
 * with; its zero means nothing.
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_CLOCK_H
#define SERVER_OBSERVE_CLOCK_H

#include <pthread.h>
#include <time.h>

/* In seconds. */
double clock_monotonic_s(void);

/* In whole milliseconds. */
long long clock_monotonic_ms(void);

/* The time `ms` milliseconds from now, at least 0. */
struct timespec clock_after_ms(long ms);

/* Makes a condition variable whose pthread_cond_timedwait takes times of this clock. */
void clock_init_condition(pthread_cond_t *condition);

#endif
