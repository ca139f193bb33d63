/*
 * Exponential moving average of all parameters, running statistics included (Polyak and Juditsky
 * 1992 in its exponential form). Update t, from 0, uses min(decay, (1 + t) / (10 + t)), so that the
 * first parameters are soon forgotten.
 */
#ifndef TRAINER_AVERAGE_H
#define TRAINER_AVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/team.h"

struct average;

/*
 * Makes an average of `count` numbers that starts at values [count]. `decay` is 0 (the average is
 * always the latest) to below 1. The caller owns it; one thread at a time. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status average_create(struct average **out, const float *values,
                                                  size_t count, double decay,
                                                  struct digit_error *error);

/* NULL is taken. */
void average_destroy(struct average *average);

/* Moves the average towards values [count], shared by the team; only the thread that made it may
 * call. */
void average_update(struct average *average, const float *values, struct team *team);

/* Takes it to where another of the same decay stood after `updates`: values [count] are copied. */
void average_restore(struct average *average, const float *values, uint64_t updates);

/* [count], owned by the average. */
const float *average_values(const struct average *average);

#endif
