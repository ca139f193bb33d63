/*
 * What preprocessing costs: pictures of one digit, as clean and as large as they come.
 */
#ifndef BENCH_PREPROCESSING_H
#define BENCH_PREPROCESSING_H

#include <digit/status.h>

/* Prints a table: microseconds a picture in one thread, the median run and the fastest one. Errors:
 * NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status preprocessing_print(struct digit_error *error);

#endif
