/*
 * AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019), as PyTorch computes it. For a parameter p
 * with gradient g, at step t = 1, 2, ...:
 *
 *     p -= rate * decay * p                              only in tensors of rank 2 or more
 *     m  = beta1 m + (1 - beta1) g
 *     v  = beta2 v + (1 - beta2) g^2
 *     p -= rate / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * Biases and the scale and shift of batch normalisation are therefore not decayed. Running
 * statistics are not changed at all.
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
 * Creates an optimiser at step 0 for the parameters of `table`, which must outlive it. The caller
 * owns it. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status adamw_create(struct adamw **out,
                                                const struct parameter_table *table,
                                                const struct adamw_settings *settings,
                                                struct digit_error *error);

/* The optimiser's state: everything that later steps depend on besides settings and parameters. */
struct adamw_state {
    const float *mean;   /* [table->total], m; borrowed */
    const float *square; /* [table->total], v; borrowed */
    uint64_t step;       /* number of steps done, t */
};

/* The current state, valid until the optimiser is updated or destroyed. */
struct adamw_state adamw_state(const struct adamw *adamw);

/* Continues from the state of an optimiser with the same table and settings; copies `state`. */
void adamw_restore(struct adamw *adamw, const struct adamw_state *state);

/* NULL is allowed. */
void adamw_destroy(struct adamw *adamw);

/*
 * Performs one step with all threads of the pool; only the thread that created the pool may call
 * it. parameters, gradients: [table->total], not overlapping; learning_rate: 0 or more.
 */
void adamw_update(struct adamw *adamw, float *parameters, const float *gradients,
                  double learning_rate, struct thread_pool *pool);

#endif
