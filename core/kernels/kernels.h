/*
 * The functions in which a network spends its time, as one table for each kind of processor. The
 * signatures and their meaning are those of core/layers/; an implementation may differ from the
 * reference in rounding only.
 *
 *     const struct kernels *kernels = kernels_select();
 *     kernels->conv2d_forward(out, in, weight, bias, &conv, lanes);
 */
#ifndef CORE_KERNELS_KERNELS_H
#define CORE_KERNELS_KERNELS_H

#include <stddef.h>

#include "core/layers/conv2d.h"
#include "core/layers/dense.h"

struct kernels {
    const char *name;
    void (*conv2d_forward)(float *out, const float *in, const float *weight, const float *bias,
                           const struct conv2d *conv, size_t lanes);
    void (*dense_forward)(float *out, const float *in, const float *weight, const float *bias,
                          const struct dense *dense, size_t lanes);
};

/* The fastest table that this processor runs. Never NULL; the same for the life of the process. */
const struct kernels *kernels_select(void);

#endif
