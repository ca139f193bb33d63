#include "core/layers/dense.h"

#include "core/layers/lanes.h"

LANES_BODY forward(float *out, const float *in, const float *weight, const float *bias,
                   const struct dense *dense, const size_t lanes)
{
    for (size_t k = 0; k < dense->out_features; k++) {
        float sum[LANES];
        for (size_t lane = 0; lane < lanes; lane++)
            sum[lane] = bias == NULL ? 0.0f : bias[k];
        for (size_t c = 0; c < dense->in_features; c++)
            for (size_t lane = 0; lane < lanes; lane++)
                sum[lane] += weight[k * dense->in_features + c] * in[c * lanes + lane];
        for (size_t lane = 0; lane < lanes; lane++)
            out[k * lanes + lane] = sum[lane];
    }
}

void dense_forward(float *out, const float *in, const float *weight, const float *bias,
                   const struct dense *dense, size_t lanes)
{
    if (lanes == 1)
        forward(out, in, weight, bias, dense, 1);
    else
        forward(out, in, weight, bias, dense, LANES);
}

LANES_BODY backward_input(float *grad_in, const float *grad_out, const float *weight,
                          const struct dense *dense, const size_t lanes)
{
    for (size_t c = 0; c < dense->in_features; c++) {
        float sum[LANES] = {0};
        for (size_t k = 0; k < dense->out_features; k++)
            for (size_t lane = 0; lane < lanes; lane++)
                sum[lane] += weight[k * dense->in_features + c] * grad_out[k * lanes + lane];
        for (size_t lane = 0; lane < lanes; lane++)
            grad_in[c * lanes + lane] = sum[lane];
    }
}

void dense_backward_input(float *grad_in, const float *grad_out, const float *weight,
                          const struct dense *dense, size_t lanes)
{
    if (lanes == 1)
        backward_input(grad_in, grad_out, weight, dense, 1);
    else
        backward_input(grad_in, grad_out, weight, dense, LANES);
}

LANES_BODY backward_weight(float *grad_weight, const float *grad_out, const float *in,
                           const struct dense *dense, const size_t lanes)
{
    for (size_t k = 0; k < dense->out_features; k++)
        for (size_t c = 0; c < dense->in_features; c++) {
            float product[LANES];
            for (size_t lane = 0; lane < lanes; lane++)
                product[lane] = grad_out[k * lanes + lane] * in[c * lanes + lane];
            grad_weight[k * dense->in_features + c] += lanes_sum(product, lanes);
        }
}

void dense_backward_weight(float *grad_weight, float *grad_bias, const float *grad_out,
                           const float *in, const struct dense *dense, size_t lanes)
{
    if (lanes == 1)
        backward_weight(grad_weight, grad_out, in, dense, 1);
    else
        backward_weight(grad_weight, grad_out, in, dense, LANES);
    if (grad_bias == NULL)
        return;
    for (size_t k = 0; k < dense->out_features; k++)
        grad_bias[k] += lanes_sum(grad_out + k * lanes, lanes);
}
