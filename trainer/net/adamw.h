/*
 * AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019), as PyTorch computes it, for gradient g at
 * step t:
 *
 *     p -= rate * decay * p                              only where the tensor's rank is above 1
 *     m  = beta1 m + (1 - beta1) g
 *     v  = beta2 v + (1 - beta2) g^2
 *     p -= rate / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * Biases and batch normalisation's scale and shift are not decayed; running statistics not moved.
 */
#ifndef TRAINER_NET_ADAMW_H
#define TRAINER_NET_ADAMW_H

#include <stdint.h>

#include <digit/status.h>

#include "core/network/parameters.h"
#include "trainer/base/thread_pool.h"

struct adamw;

struct adamw_settings {
    double beta1;        /* 0 to below 1 */
    double beta2;        /* 0 to below 1 */
    double epsilon;      /* above 0 */
    double weight_decay; /* 0 or more, multiplied by the learning rate at each step */
};

/* beta1 0.9, beta2 0.999, epsilon 1e-8 and the given decay. */
struct adamw_settings adamw_settings_make(double weight_decay);

/*
 * Makes an optimiser at step 0 for the parameters of `table`, which must outlive it. The caller
 * owns it. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status adamw_create(struct adamw **out,
                                                const struct parameter_table *table,
                                                const struct adamw_settings *settings,
                                                struct digit_error *error);

/* All that its next steps depend on, beside settings and parameters. Borrowed. */
struct adamw_state {
    const float *mean;   /* [table->total], m */
    const float *square; /* [table->total], v */
    uint64_t step;       /* done, t */
};

/* Where it stands, valid until it is updated or destroyed. */
struct adamw_state adamw_state(const struct adamw *adamw);

/* Takes it to where another of the same table and settings stood; `state` is copied. */
void adamw_restore(struct adamw *adamw, const struct adamw_state *state);

/* NULL is taken. */
void adamw_destroy(struct adamw *adamw);

/*
 * One step, shared by the pool; only the thread that made it may call. parameters, gradients:
 * [table->total], not overlapping; `learning_rate` is 0 or more.
 */
void adamw_update(struct adamw *adamw, float *parameters, const float *gradients,
                  double learning_rate, struct thread_pool *pool);

#endif
