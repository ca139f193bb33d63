#include "core/layers/dropout.h"

void dropout_apply(float *out, const float *in, const float *mask, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = in[i] * mask[i];
}
