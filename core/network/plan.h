/*
 * A plan: the steps that an architecture becomes for inference. Batch normalisation is folded into
 * the convolution before it, ReLU and max pooling behind are part of it where its method takes them,
 * dropout and flatten are gone, each step knows its sizes and weights.
 * Threads: read-only after plan_init; share freely.
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
    struct conv2d_fused conv2d;           /* STEP_CONV2D, dense layers too; owned */
    struct conv2d_fused_int8 conv2d_int8; /* STEP_CONV2D_INT8; owned */
    struct maxpool2d maxpool2d;           /* STEP_MAXPOOL2D and its cells */
    size_t channels;                      /* STEP_SCALE_SHIFT */
    float *scale;                         /* STEP_SCALE_SHIFT: [channels]; owned */
    float *shift;                         /* [channels]; behind the scale in memory */
};

struct plan {
    const struct kernels *kernels;
    bool int8; /* activations are whole numbers, pixels from the first on */
    size_t step_count;
    struct step steps[ARCHITECTURE_MAX_LAYERS];
    struct shape last;     /* what the ten logits are: they lie as [height][width][channels] */
    size_t max_elements;   /* the largest activation of one image, the input included */
    size_t scratch_floats; /* the most that a step needs */
};

/* Sizes of a layer as its kernel takes them. A dense layer's picture is what was flattened. */
struct conv2d layer_conv2d(const struct architecture *architecture, size_t index);
struct maxpool2d layer_maxpool2d(const struct layer *layer);

/* What the logits were before they were flattened, {10, 1, 1} of a dense layer. In memory they lie
 * as [height][width][channels]; their order is [channels][height][width]. */
struct shape architecture_logits_shape(const struct architecture *architecture);

/*
 * Makes a plan for those kernels from parameters [table->total], which are copied; `where` names
 * them in messages. `quantisation` makes it one of whole numbers; NULL, of floats.
 * The caller releases it.
 * Errors: INVALID (a parameter that is not finite, a running variance below zero), UNSUPPORTED (layers
 * that there are no whole numbers for), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
plan_init(struct plan *out, const struct architecture *architecture,
          const struct parameter_table *table, const float *parameters,
          const struct quantisation *quantisation, const struct kernels *kernels, const char *where,
          struct digit_error *error);

/* Frees what the plan owns. A zeroed plan is taken. */
void plan_release(struct plan *plan);

#endif
