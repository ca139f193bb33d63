/*
 * The results and the duration of each epoch of a training. Durations differ from run to run; they
 * go into reports, never into model files. Threads: any.
 */
#ifndef TRAINER_REPORT_HISTORY_H
#define TRAINER_REPORT_HISTORY_H

#include <stddef.h>

#include "trainer/fit/fit_epoch.h"

struct history {
    const struct fit_epoch *epochs; /* [count]; borrowed */
    size_t count;
    double ended_s; /* end of the last epoch, in seconds since 1970-01-01 UTC */
};

/* Images per second of an epoch, including the time of the validation; 0 if it took no time. */
double history_speed(const struct fit_epoch *epoch);

/* Seconds of all epochs, without pauses between the runs of a resumed training. */
double history_elapsed_s(const struct history *history);

/* When the epoch with this index (from 0) ended, in seconds since 1970-01-01 UTC, as if the
 * training had not been interrupted. */
double history_ended_s(const struct history *history, size_t index);

#endif
