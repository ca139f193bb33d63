#include "core/layers/batchnorm2d.h"

#include <math.h>

static double factor_of(const struct batchnorm2d *norm, size_t channel)
{
    return norm->scale[channel] / sqrt((double)norm->variance[channel] + norm->epsilon);
}

void batchnorm2d_factors(float *factor, float *term, const struct batchnorm2d *norm,
                         size_t channels)
{
    for (size_t c = 0; c < channels; c++) {
        factor[c] = (float)factor_of(norm, c);
        term[c] = (float)(norm->shift[c] - norm->mean[c] * factor_of(norm, c));
    }
}

void batchnorm2d_fold(float *weight, float *bias, const struct batchnorm2d *norm, size_t channels,
                      size_t fan_in)
{
    for (size_t c = 0; c < channels; c++) {
        double factor = factor_of(norm, c);
        for (size_t i = c * fan_in; i < (c + 1) * fan_in; i++)
            weight[i] = (float)(weight[i] * factor);
        bias[c] = (float)((bias[c] - (double)norm->mean[c]) * factor + norm->shift[c]);
    }
}
