/*
 * Fully connected layer, as PyTorch's Linear: out = weight in + bias.
 * weight: [out_features][in_features].
 */
#ifndef CORE_LAYERS_DENSE_H
#define CORE_LAYERS_DENSE_H

#include <stddef.h>

struct dense {
    size_t in_features;
    size_t out_features;
};

/* out: block [out_features]; in: block [in_features]; bias: [out_features] or NULL. */
void dense_forward(float *out, const float *in, const float *weight, const float *bias,
                   const struct dense *dense, size_t lanes);

/* grad_in: block [in_features], written: transposed weight times grad_out. */
void dense_backward_input(float *grad_in, const float *grad_out, const float *weight,
                          const struct dense *dense, size_t lanes);

/* grad_weight, and grad_bias unless NULL, are added to. */
void dense_backward_weight(float *grad_weight, float *grad_bias, const float *grad_out,
                           const float *in, const struct dense *dense, size_t lanes);

#endif
