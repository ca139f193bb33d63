/*
 * The time on a clock that only moves forward (CLOCK_MONOTONIC), to measure durations and deadlines
 * with, whose zero means nothing; and the time of day.
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_CLOCK_H
#define SERVER_OBSERVE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* In seconds. */
double clock_monotonic_s(void);

/* In whole milliseconds. */
long long clock_monotonic_ms(void);

/*
 * Milliseconds since the Unix epoch, as of the last tick of the kernel, which may be some
 * milliseconds ago (CLOCK_REALTIME_COARSE): cheaper than the exact time.
 */
uint64_t clock_unix_ms(void);

/* The time `ms` milliseconds from now, at least 0. */
struct timespec clock_after_ms(long ms);

/* Makes a condition variable whose pthread_cond_timedwait takes times of this clock. */
void clock_init_condition(pthread_cond_t *condition);

#endif
