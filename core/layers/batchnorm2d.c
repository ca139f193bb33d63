#include "core/layers/batchnorm2d.h"

#include <math.h>

#include "core/layers/lanes.h"

void batchnorm2d_sums(double *sum, double *square_sum, const float *in,
                      const struct batchnorm2d *norm, size_t lanes, size_t used)
{
    for (size_t c = 0; c < norm->channels; c++) {
        double sums[LANES] = {0};
        double squares[LANES] = {0};
        for (size_t pixel = 0; pixel < norm->pixels; pixel++) {
            const float *x = in + (c * norm->pixels + pixel) * lanes;
            for (size_t lane = 0; lane < lanes; lane++) {
                sums[lane] += x[lane];
                squares[lane] += (double)x[lane] * x[lane];
            }
        }
        sum[c] = square_sum[c] = 0.0;
        for (size_t lane = 0; lane < used; lane++) {
            sum[c] += sums[lane];
            square_sum[c] += squares[lane];
        }
    }
}

void batchnorm2d_forward(float *out, const float *in, const float *mean, const float *inverse,
                         const float *scale, const float *shift, const struct batchnorm2d *norm,
                         size_t lanes)
{
    size_t plane = norm->pixels * lanes;
    for (size_t c = 0; c < norm->channels; c++)
        for (size_t i = c * plane; i < (c + 1) * plane; i++)
            out[i] = scale[c] * ((in[i] - mean[c]) * inverse[c]) + shift[c];
}

void batchnorm2d_backward_sums(double *grad_scale, double *grad_shift, const float *grad_out,
                               const float *in, const float *mean, const float *inverse,
                               const struct batchnorm2d *norm, size_t lanes, size_t used)
{
    for (size_t c = 0; c < norm->channels; c++) {
        double sums[LANES] = {0};
        double products[LANES] = {0};
        for (size_t pixel = 0; pixel < norm->pixels; pixel++) {
            const float *g = grad_out + (c * norm->pixels + pixel) * lanes;
            const float *x = in + (c * norm->pixels + pixel) * lanes;
            for (size_t lane = 0; lane < lanes; lane++) {
                sums[lane] += g[lane];
                products[lane] += (double)g[lane] * ((x[lane] - mean[c]) * inverse[c]);
            }
        }
        grad_shift[c] = grad_scale[c] = 0.0;
        for (size_t lane = 0; lane < used; lane++) {
            grad_shift[c] += sums[lane];
            grad_scale[c] += products[lane];
        }
    }
}

void batchnorm2d_backward_input(float *grad_in, const float *grad_out, const float *in,
                                const float *mean, const float *inverse, const float *scale,
                                const float *mean_grad, const float *mean_grad_normalised,
                                const struct batchnorm2d *norm, size_t lanes, size_t used)
{
    for (size_t c = 0; c < norm->channels; c++) {
        float factor = scale[c] * inverse[c];
        for (size_t pixel = 0; pixel < norm->pixels; pixel++) {
            size_t at = (c * norm->pixels + pixel) * lanes;
            for (size_t lane = 0; lane < used; lane++) {
                float normalised = (in[at + lane] - mean[c]) * inverse[c];
                grad_in[at + lane] = factor * (grad_out[at + lane] - mean_grad[c] -
                                               normalised * mean_grad_normalised[c]);
            }
            for (size_t lane = used; lane < lanes; lane++)
                grad_in[at + lane] = 0.0f;
        }
    }
}

void batchnorm2d_fold(float *weight, float *bias, const float *scale, const float *shift,
                      const float *running_mean, const float *running_var, float epsilon,
                      size_t channels, size_t fan_in)
{
    for (size_t c = 0; c < channels; c++) {
        double factor = scale[c] / sqrt((double)running_var[c] + epsilon);
        for (size_t i = c * fan_in; i < (c + 1) * fan_in; i++)
            weight[i] = (float)(weight[i] * factor);
        bias[c] = (float)((bias[c] - (double)running_mean[c]) * factor + shift[c]);
    }
}
