/*
 * The learning rate of each step. One cycle (Smith and Topin 2018) in PyTorch's cosine form: up
 * from peak / initial_divisor to the peak, then down to peak / initial_divisor / final_divisor at
 * the last step.
 */
#ifndef TRAINER_NET_SCHEDULE_H
#define TRAINER_NET_SCHEDULE_H

#include <stddef.h>

enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_ONE_CYCLE };

struct schedule {
    enum schedule_kind kind;
    double peak;            /* the highest rate; the only one of SCHEDULE_CONSTANT */
    size_t steps;           /* of the whole training, 1 or more */
    double rising_share;    /* of the steps that lead up to the peak, 0 to below 1 */
    double initial_divisor; /* 1 or more */
    double final_divisor;   /* 1 or more */
};

/* rising_share 0.3, initial_divisor 25, final_divisor 1e4: PyTorch's defaults. */
struct schedule schedule_make(enum schedule_kind kind, double peak, size_t steps);

/* The rate of `step`, 0 to steps - 1. */
double schedule_rate(const struct schedule *schedule, size_t step);

#endif
