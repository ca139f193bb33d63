/*
 * The time on a clock that only moves forward (CLOCK_MONOTONIC), to measure durations and deadlines
 * with; its zero means nothing.
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_CLOCK_H
#define SERVER_OBSERVE_CLOCK_H

/* In seconds. */
double clock_monotonic_s(void);

/* In whole milliseconds. */
long long clock_monotonic_ms(void);

#endif
