/*
 * Exponential moving ema of all parameters, running statistics included (Polyak and Juditsky
 * 1992 in its exponential form). Update t, from 0, uses min(decay, (1 + t) / (10 + t)), so that the
 * first parameters are soon forgotten.
 */
#ifndef TRAINER_NET_EMA_H
#define TRAINER_NET_EMA_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"

struct ema;

/*
 * Makes an ema of `count` numbers that starts at values [count]. `decay` is 0 (the ema is
 * always the latest) to below 1. The caller owns it; one thread at a time. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status ema_create(struct ema **out, const float *values, size_t count,
                                              double decay, struct digit_error *error);

/* NULL is taken. */
void ema_destroy(struct ema *ema);

/* Moves the ema towards values [count], shared by the pool; only the thread that made it may
 * call. */
void ema_update(struct ema *ema, const float *values, struct thread_pool *pool);

/* Takes it to where another of the same decay stood after `updates`: values [count] are copied. */
void ema_restore(struct ema *ema, const float *values, uint64_t updates);

/* [count], owned by the ema. */
const float *ema_values(const struct ema *ema);

#endif
