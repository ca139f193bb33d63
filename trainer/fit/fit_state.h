/*
 * The state of a training after an epoch. Together with architecture, data and settings it
 * determines all later epochs: learning rates, the order of samples and all random numbers follow
 * from seed and epoch. All pointers are borrowed.
 */
#ifndef TRAINER_FIT_FIT_STATE_H
#define TRAINER_FIT_FIT_STATE_H

#include <stddef.h>

#include "trainer/fit/fit_epoch.h"

struct fit_state {
    size_t epochs_run;               /* 1 or more */
    const struct fit_epoch *history; /* [epochs_run] */
    size_t parameter_total;
    const float *parameters; /* this and the following arrays: [parameter_total] */
    const float *mean;       /* AdamW's m */
    const float *square;     /* AdamW's v */
    const float *ema;        /* moving average of `parameters` */
    const float *kept;       /* the weights to return if this is the last epoch */
};

#endif
