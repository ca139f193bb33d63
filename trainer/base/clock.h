/*
 * How long things take. Threads: any.
 */
#ifndef TRAINER_BASE_CLOCK_H
#define TRAINER_BASE_CLOCK_H

/* Seconds since an arbitrary start, never going back (CLOCK_MONOTONIC). */
double clock_now_s(void);

#endif
