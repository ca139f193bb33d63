/*
 * Where the time of one image goes: each step of a network, timed while the network runs.
 */
#ifndef BENCH_LAYERS_H
#define BENCH_LAYERS_H

#include <digit/model.h>
#include <digit/status.h>

/*
 * Prints a table: each step's microseconds an image, alone and in a block of sixteen, and what
 * operations a second, a share of the peak, that is. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status layers_print(const struct digit_model *model,
                                                struct digit_error *error);

#endif
