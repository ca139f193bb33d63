/*
 * Measures how long a call takes, after a warm-up and in several runs that are long compared with the
 * resolution of the clock.
 * Threads: the work runs in the calling thread.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stddef.h>

/* Seconds per call. */
struct timing {
    double best_s;   /* in the fastest run */
    double median_s; /* in the median run */
};

/*
 * Times 15 runs of at least `run_s` seconds each with CLOCK_MONOTONIC. Before them, `work` is called for
 * at least 5 * run_s seconds to warm up the caches and the processor's clock.
 */
struct timing timing_of(void (*work)(void *argument), void *argument, double run_s);

/* The time by CLOCK_MONOTONIC. */
double timing_now_s(void);

/* Sorts `seconds`, of which there is at least one, in ascending order and returns the median. */
double timing_median_s(double *seconds, size_t count);

#endif
