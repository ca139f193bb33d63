/*
 * A plan: the steps that an architecture becomes for inference. Batch normalisation is folded into
 * the convolution before it, dropout and flatten are gone, each step knows its sizes and weights.
 * Threads: read-only after plan_init; share freely.
 */
#ifndef CORE_NETWORK_PLAN_H
#define CORE_NETWORK_PLAN_H

#include <stddef.h>

#include <digit/status.h>

#include "core/kernels/kernels.h"
#include "core/layers/batchnorm2d.h"
#include "core/layers/maxpool2d.h"
#include "core/network/architecture.h"
#include "core/network/parameters.h"

enum step_type { STEP_CONV2D, STEP_DENSE, STEP_BATCHNORM2D, STEP_MAXPOOL2D, STEP_RELU };

struct step {
    enum step_type type;
    const float *weight; /* conv2d: OIHW; dense: [out][in]; batchnorm2d: scale [channels] */
    const float *bias;   /* conv2d, dense: [out]; batchnorm2d: shift [channels] */
    const float *mean;   /* batchnorm2d: [channels] */
    const float *inverse;
    union {
        struct conv2d conv2d;
        struct dense dense;
        struct batchnorm2d batchnorm2d;
        struct maxpool2d maxpool2d;
    } size;
    size_t out_elements; /* of one image */
};

struct plan {
    const struct kernels *kernels;
    size_t step_count;
    struct step steps[ARCHITECTURE_MAX_LAYERS];
    size_t max_elements; /* the largest activation of one image, the input included */
    float *weights;      /* what the steps point into; owned */
};

/* Sizes of a layer as its kernel takes them. */
struct conv2d layer_conv2d(const struct layer *layer);
struct dense layer_dense(const struct layer *layer);
struct batchnorm2d layer_batchnorm2d(const struct layer *layer);
struct maxpool2d layer_maxpool2d(const struct layer *layer);

/*
 * Makes a plan from parameters [table->total], which are copied; `where` names them in messages.
 * The caller releases it.
 * Errors: INVALID (a parameter that is not finite, a running variance below zero), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status plan_init(struct plan *out,
                                             const struct architecture *architecture,
                                             const struct parameter_table *table,
                                             const float *parameters, const char *where,
                                             struct digit_error *error);

/* Frees what the plan owns. A zeroed plan is taken. */
void plan_release(struct plan *plan);

#endif
