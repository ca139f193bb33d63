/*
 * Seconds on a clock that only moves forward, to measure with; its zero means nothing.
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_CLOCK_H
#define SERVER_OBSERVE_CLOCK_H

double clock_monotonic_s(void);

#endif
