/*
 * Batch normalisation's running statistics of averaged weights: those of the average are the average
 * of statistics that other weights had, so they are measured anew (Izmailov et al. 2018, stochastic
 * weight averaging, section 3.2).
 */
#ifndef TRAINER_FIT_STATISTICS_H
#define TRAINER_FIT_STATISTICS_H

#include <digit/status.h>

#include "trainer/fit_run.h"

/*
 * Replaces all running means and variances in `weights`, [run->parameter_total] in the parameter
 * table's order, by the mean of those of batches over settings->recompute_statistics images, at
 * least 1, drawn and augmented as those of an epoch behind the last. A function of weights, data and
 * settings, the same to the bit for any number of threads. The run cannot train any more afterwards:
 * the network holds these weights. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status fit_statistics_recompute(struct fit_run *run, float *weights,
                                                            struct digit_error *error);

#endif
