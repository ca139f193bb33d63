/*
 * What preprocessing costs: times digit_preprocess on pictures of one digit, from clean 28x28 ones to
 * photos of twelve megapixels.
 * Threads: runs in the calling thread; draws into static memory, so one call at a time.
 */
#ifndef BENCH_PREPROCESSING_H
#define BENCH_PREPROCESSING_H

#include <digit/status.h>

/*
 * Prints a table to standard output: for each kind of picture, microseconds per picture in the median
 * run and in the fastest run, of runs of `run_s` seconds (bench/timing.h). Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status preprocessing_print(double run_s, struct digit_error *error);

#endif
