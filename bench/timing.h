/*
 * How long work takes: warmed up, timed in runs long enough for the clock, repeated.
 * Threads: the work runs in the calling thread.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

/* Seconds that one call took. */
struct timing {
    double best_s;   /* in the fastest run */
    double median_s; /* in the middle one */
};

/*
 * Calls `work` for about 0.1 s to warm up caches and clock, then in 15 runs of at least 20 ms each, by
 * CLOCK_MONOTONIC.
 */
struct timing timing_of(void (*work)(void *argument), void *argument);

#endif
