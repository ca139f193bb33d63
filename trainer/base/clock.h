/*
 * A clock for measuring durations. Threads: any.
 */
#ifndef TRAINER_BASE_CLOCK_H
#define TRAINER_BASE_CLOCK_H

/* Seconds since an arbitrary start. Monotonic (CLOCK_MONOTONIC). */
double clock_now_s(void);

#endif
