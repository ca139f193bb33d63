/*
 * What each epoch of a training came to and how long it took. Times are the run's own and go into a
 * report, never into a model file. Threads: any.
 */
#ifndef TRAINER_REPORT_HISTORY_H
#define TRAINER_REPORT_HISTORY_H

#include <stddef.h>

#include "trainer/fit/fit_epoch.h"

struct history {
    const struct fit_epoch *epochs; /* [count]; borrowed */
    size_t count;
    double ended_s; /* when the last one ended, in seconds since 1970-01-01 UTC */
};

/* Images of an epoch for each second that it took, validation included; 0 if it took none. */
double history_speed(const struct fit_epoch *epoch);

/* Seconds of all epochs, without pauses between runs of a training that was resumed. */
double history_elapsed_s(const struct history *history);

/* When epoch `index` ended, as if the training had had no pause. */
double history_ended_s(const struct history *history, size_t index);

#endif
