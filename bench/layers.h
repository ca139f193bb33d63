/*
 * Times each step of a network during the forward pass.
 * Threads: any.
 */
#ifndef BENCH_LAYERS_H
#define BENCH_LAYERS_H

#include <digit/model.h>
#include <digit/status.h>

/*
 * Prints a table to standard output: for each step, microseconds per image for one image and in a block
 * of sixteen; for convolutions also operations per second in the block and their share of the peak,
 * which is measured in runs of `run_s` seconds (bench/peak.h). A time is the median of 401 forward passes,
 * or of as many as 20 * run_s seconds have room for. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status layers_print(const struct digit_model *model, double run_s,
                                                struct digit_error *error);

#endif
