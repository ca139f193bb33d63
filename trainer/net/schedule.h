/*
 * The learning rate of each step: constant, or one cycle (Smith and Topin 2018) with cosine
 * annealing, as PyTorch's OneCycleLR computes it:
 *
 *     initial = peak / initial_divisor
 *     final   = initial / final_divisor
 *     top     = rising_share * steps - 1          the step of the peak, not necessarily whole
 *     last    = steps - 1
 *
 *     anneal(from, to, x) = to + (from - to) / 2 * (1 + cos(pi * x))
 *
 *     rate(step) = anneal(initial, peak, step / top)                      if step <= top, top > 0
 *                  anneal(peak, final, (step - top) / (last - top))       otherwise
 */
#ifndef TRAINER_NET_SCHEDULE_H
#define TRAINER_NET_SCHEDULE_H

#include <stddef.h>

enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_ONE_CYCLE };

struct schedule {
    enum schedule_kind kind;
    double peak;            /* the highest rate; the only one of SCHEDULE_CONSTANT */
    size_t steps;           /* of the whole training, 1 or more */
    double rising_share;    /* share of the steps in which the rate rises, 0 to below 1 */
    double initial_divisor; /* 1 or more */
    double final_divisor;   /* 1 or more */
};

/* rising_share 0.3, initial_divisor 25, final_divisor 1e4: PyTorch's defaults. */
struct schedule schedule_make(enum schedule_kind kind, double peak, size_t steps);

/* The learning rate of `step`, 0 to steps - 1. */
double schedule_rate(const struct schedule *schedule, size_t step);

#endif
