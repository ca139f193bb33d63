/*
 * A training's state after a whole epoch. Together with architecture, data and settings it decides all
 * later epochs: learning rates, the order of samples and every random number follow from seed and
 * epoch. All borrowed.
 */
#ifndef TRAINER_FIT_FIT_STATE_H
#define TRAINER_FIT_FIT_STATE_H

#include <stddef.h>

#include "trainer/fit/fit_epoch.h"

struct fit_state {
    size_t epochs_run;               /* 1 or more */
    const struct fit_epoch *history; /* [epochs_run] */
    size_t parameter_total;
    const float *parameters; /* this and what follows: [parameter_total] */
    const float *mean;       /* AdamW's m */
    const float *square;     /* AdamW's v */
    const float *ema;        /* moving average of `parameters` */
    const float *kept;       /* what would be returned if this were the last epoch */
};

#endif
