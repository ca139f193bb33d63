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
 * Times 15 runs of at least `run_s` seconds each with CLOCK_MONOTONIC. Before them, `work` is called for
 * five times as long to warm up the caches and the processor's clock.
 */
struct timing timing_of(void (*work)(void *argument), void *argument, double run_s);

#endif
