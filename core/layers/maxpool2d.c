#include "core/layers/maxpool2d.h"

#include <string.h>

#include "core/layers/lanes.h"

/* Element of a block at which the window of output (c, oy, ox) starts. */
static size_t window_start(const struct maxpool2d *pool, size_t c, size_t oy, size_t ox)
{
    size_t iy = oy * pool->stride_height;
    size_t ix = ox * pool->stride_width;
    return (c * pool->in_height + iy) * pool->in_width + ix;
}

/* Both comparisons are made, without a branch, so that lanes go through them side by side. */
static inline int keeps_best(float best, float x)
{
    return (x <= best) | (best != best); /* NaN is kept, and taken: nothing is below it */
}

LANES_BODY forward_window(float *out, const float *window, const struct maxpool2d *pool,
                          const size_t lanes)
{
    float best[LANES];
    for (size_t lane = 0; lane < lanes; lane++)
        best[lane] = window[lane];
    for (size_t ky = 0; ky < pool->kernel_height; ky++)
        for (size_t kx = 0; kx < pool->kernel_width; kx++) {
            const float *x = window + (ky * pool->in_width + kx) * lanes;
            for (size_t lane = 0; lane < lanes; lane++)
                best[lane] = keeps_best(best[lane], x[lane]) ? best[lane] : x[lane];
        }
    for (size_t lane = 0; lane < lanes; lane++)
        out[lane] = best[lane];
}

LANES_BODY forward(float *out, const float *in, const struct maxpool2d *pool, const size_t lanes)
{
    for (size_t c = 0; c < pool->channels; c++)
        for (size_t oy = 0; oy < pool->out_height; oy++)
            for (size_t ox = 0; ox < pool->out_width; ox++) {
                forward_window(out, in + window_start(pool, c, oy, ox) * lanes, pool, lanes);
                out += lanes;
            }
}

void maxpool2d_forward(float *out, const float *in, const struct maxpool2d *pool, size_t lanes)
{
    if (lanes == 1)
        forward(out, in, pool, 1);
    else
        forward(out, in, pool, LANES);
}

/* Gives the output's gradient to the first element of the window that holds its value. */
LANES_BODY backward_window(float *grad_window, const float *grad_out, const float *window,
                           const float *out, const struct maxpool2d *pool, const size_t lanes)
{
    float left[LANES];
    for (size_t lane = 0; lane < lanes; lane++)
        left[lane] = grad_out[lane];
    for (size_t ky = 0; ky < pool->kernel_height; ky++)
        for (size_t kx = 0; kx < pool->kernel_width; kx++) {
            size_t at = (ky * pool->in_width + kx) * lanes;
            for (size_t lane = 0; lane < lanes; lane++) {
                float given = window[at + lane] == out[lane] ? left[lane] : 0.0f;
                grad_window[at + lane] += given;
                left[lane] = window[at + lane] == out[lane] ? 0.0f : left[lane];
            }
        }
}

LANES_BODY backward(float *grad_in, const float *grad_out, const float *in, const float *out,
                    const struct maxpool2d *pool, const size_t lanes)
{
    memset(grad_in, 0, pool->channels * pool->in_height * pool->in_width * lanes * sizeof *grad_in);
    for (size_t c = 0; c < pool->channels; c++)
        for (size_t oy = 0; oy < pool->out_height; oy++)
            for (size_t ox = 0; ox < pool->out_width; ox++) {
                size_t start = window_start(pool, c, oy, ox) * lanes;
                backward_window(grad_in + start, grad_out, in + start, out, pool, lanes);
                grad_out += lanes;
                out += lanes;
            }
}

void maxpool2d_backward(float *grad_in, const float *grad_out, const float *in, const float *out,
                        const struct maxpool2d *pool, size_t lanes)
{
    if (lanes == 1)
        backward(grad_in, grad_out, in, out, pool, 1);
    else
        backward(grad_in, grad_out, in, out, pool, LANES);
}
