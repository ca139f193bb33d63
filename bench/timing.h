/*
 * Measures how long a call takes, after a warm-up and in several runs that are long compared with the
 * resolution of the clock.
 * Threads: the work runs in the calling thread.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

/* Seconds per call. */
struct timing {
    double best_s;   /* in the fastest run */
    double median_s; /* in the median run */
};

/*
 * Calls `work` for about 0.1 s to warm up the caches and the processor's clock, then times 15 runs of at
 * least 20 ms each with CLOCK_MONOTONIC.
 */
struct timing timing_of(void (*work)(void *argument), void *argument);

#endif
