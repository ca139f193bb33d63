/*
 * Rectified linear unit, element by element: out = max(in, 0), where NaN stays NaN.
 */
#ifndef CORE_LAYERS_RELU_H
#define CORE_LAYERS_RELU_H

#include <stddef.h>

/* out and in: [count]; they may be the same array. */
void relu_forward(float *out, const float *in, size_t count);

/* grad_in = grad_out where `out`, the forward result, is positive; they may be the same array. */
void relu_backward(float *grad_in, const float *grad_out, const float *out, size_t count);

#endif
