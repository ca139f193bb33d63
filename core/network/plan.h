/*
 * A plan: the steps of an architecture for inference, each with its sizes and weights. Batch normalisation is
 * folded into the convolution before it; the ReLU and max pooling after a convolution are part of its step
 * where the method allows it; dropout and flatten are removed.
 * Threads: read-only after plan_init; any.
 */
#ifndef CORE_NETWORK_PLAN_H
#define CORE_NETWORK_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"
#include "core/layers/conv2d_fused.h"
#include "core/layers/conv2d_fused_int8.h"
#include "core/network/architecture.h"
#include "core/network/parameters.h"
#include "core/network/quantisation.h"

enum step_type {
    STEP_CONV2D,
    STEP_SCALE_SHIFT,
    STEP_MAXPOOL2D,
    STEP_RELU,
    STEP_CONV2D_INT8,
    STEP_MAXPOOL2D_INT8,
};

struct step {
    enum step_type type;
    size_t out_elements;                  /* of one image */
    struct conv2d_fused conv2d;           /* STEP_CONV2D; conv2d and dense layers; owned */
    struct conv2d_fused_int8 conv2d_int8; /* STEP_CONV2D_INT8; conv2d and dense layers; owned */
    struct maxpool2d maxpool2d;           /* STEP_MAXPOOL2D, STEP_MAXPOOL2D_INT8 */
    size_t channels;                      /* STEP_SCALE_SHIFT */
    float *scale;                         /* STEP_SCALE_SHIFT: [channels]; owned */
    float *shift; /* STEP_SCALE_SHIFT: [channels]; in the same block as scale */
};

struct plan {
    const struct kernels *kernels;
    bool int8; /* activations are int8, from the pixels on */
    size_t step_count;
    struct step steps[ARCHITECTURE_MAX_LAYERS];
    struct shape last;     /* the logits, which lie in memory as [height][width][channels] */
    size_t max_elements;   /* of the largest activation of one image, including the input */
    size_t scratch_floats; /* the most that any step needs */
};

/* The sizes of a layer for its kernel. The input of a dense layer has the shape before flattening. */
struct conv2d layer_conv2d(const struct architecture *architecture, size_t index);
struct maxpool2d layer_maxpool2d(const struct layer *layer);

/* The shape of the logits before flattening; {10, 1, 1} after a dense layer. In memory they lie as
 * [height][width][channels], but their order is [channels][height][width]. */
struct shape architecture_logits_shape(const struct architecture *architecture);

/*
 * Makes a plan for `kernels` from parameters [table->total], which are copied; `where` names them in messages.
 * `quantisation`: the plan is int8; NULL: it is float32. The caller releases the plan.
 * Errors: INVALID (a parameter that is not finite, a negative running variance), UNSUPPORTED (layers that
 * cannot run in int8), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
plan_init(struct plan *out, const struct architecture *architecture,
          const struct parameter_table *table, const float *parameters,
          const struct quantisation *quantisation, const struct kernels *kernels, const char *where,
          struct digit_error *error);

/* Frees what the plan owns. A zeroed plan may be released too. */
void plan_release(struct plan *plan);

#endif
