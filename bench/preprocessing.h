/*
 * What reading a decoded picture costs: times digit_reader on pictures of one digit, from clean 28x28 ones to photos
 * of twelve megapixels, and on numbers.
 * Threads: runs in the calling thread; draws into static memory, so one call at a time.
 */
#ifndef BENCH_PREPROCESSING_H
#define BENCH_PREPROCESSING_H

#include <digit/model.h>
#include <digit/status.h>

/*
 * Prints a table to standard output: for each kind of picture, microseconds per picture for preprocessing under all
 * hypotheses, for that and the network's predictions together, each in the median run, of runs of `run_s` seconds
 * (bench/timing.h), and how many hypotheses there are in the mean. A model with random weights is never sure, and is
 * asked more often than a trained one. Errors: NO_MEMORY, those of digit_reader_read.
 */
DIGIT_MUST_CHECK enum digit_status preprocessing_print(const struct digit_model *model,
                                                       double run_s, struct digit_error *error);

#endif
