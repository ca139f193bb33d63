#include "core/layers/relu.h"

void relu_forward(float *out, const float *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = in[i] <= 0.0f ? 0.0f : in[i]; /* false for NaN, which passes */
}

void relu_backward(float *grad_in, const float *grad_out, const float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        grad_in[i] = out[i] > 0.0f ? grad_out[i] : 0.0f;
}
