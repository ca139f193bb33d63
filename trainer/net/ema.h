/*
 * The exponential moving average (EMA) of all parameters, including running statistics (Polyak and
 * Juditsky 1992, in its exponential form). Update t = 0, 1, ... computes
 *
 *     d    = min(decay, (1 + t) / (10 + t))
 *     ema  = d * ema + (1 - d) * values
 *
 * The smaller d of the first updates makes the average forget the initial parameters quickly.
 */
#ifndef TRAINER_NET_EMA_H
#define TRAINER_NET_EMA_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"

struct ema;

/*
 * Creates an EMA of `count` numbers that starts at values [count]. decay: 0 (the EMA equals the
 * latest values) to below 1. The caller owns it. Threads: one at a time. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status ema_create(struct ema **out, const float *values, size_t count,
                                              double decay, struct digit_error *error);

/* NULL is allowed. */
void ema_destroy(struct ema *ema);

/* Updates the EMA with values [count], with all threads of the pool; only the thread that created
 * the pool may call it. */
void ema_update(struct ema *ema, const float *values, struct thread_pool *pool);

/* Continues from the values [count] of an EMA with the same decay after `updates`; copies them. */
void ema_restore(struct ema *ema, const float *values, uint64_t updates);

/* The current average, [count]; owned by `ema`. */
const float *ema_values(const struct ema *ema);

#endif
