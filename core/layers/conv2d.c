#include "core/layers/conv2d.h"

#include <string.h>

#include "core/layers/lanes.h"

/*
 * All three passes walk the same way: for every pair of channels and every tap of the kernel, whole
 * rows are combined, because a row lies contiguous in memory whatever the lane count.
 */

/* The output positions [first, last) whose tap meets the picture rather than the padding. */
struct span {
    size_t first;
    size_t last;
};

static struct span outputs_of_tap(size_t tap, size_t stride, size_t padding, size_t in_size,
                                  size_t out_size)
{
    struct span span = {tap < padding ? (padding - tap + stride - 1) / stride : 0, out_size};
    size_t reach = padding + in_size; /* the first padded position behind the picture */
    size_t inside = tap < reach ? (reach - tap + stride - 1) / stride : 0;
    if (inside < span.last)
        span.last = inside;
    if (span.first > span.last)
        span.first = span.last;
    return span;
}

static struct span rows_of_tap(const struct conv2d *conv, size_t ky)
{
    return outputs_of_tap(ky, conv->stride_height, conv->padding_height, conv->in_height,
                          conv->out_height);
}

static struct span columns_of_tap(const struct conv2d *conv, size_t kx)
{
    return outputs_of_tap(kx, conv->stride_width, conv->padding_width, conv->in_width,
                          conv->out_width);
}

/* Element of an input plane that output (oy, ox) reads through tap (ky, kx). */
static size_t input_of_tap(const struct conv2d *conv, size_t oy, size_t ox, size_t ky, size_t kx)
{
    size_t iy = oy * conv->stride_height + ky - conv->padding_height;
    size_t ix = ox * conv->stride_width + kx - conv->padding_width;
    return iy * conv->in_width + ix;
}

/* out[i] += w * in[i] for `count` pixels that lie `out_step` and `in_step` pixels apart. */
static void row_add_scaled(float *restrict out, size_t out_step, const float *restrict in,
                           size_t in_step, float w, size_t count, size_t lanes)
{
    if (out_step == 1 && in_step == 1) {
        for (size_t i = 0; i < count * lanes; i++)
            out[i] += w * in[i];
        return;
    }
    for (size_t pixel = 0; pixel < count; pixel++)
        for (size_t lane = 0; lane < lanes; lane++)
            out[pixel * out_step * lanes + lane] += w * in[pixel * in_step * lanes + lane];
}

static void forward_tap(float *out_plane, const float *in_plane, float w, const struct conv2d *conv,
                        size_t ky, size_t kx, size_t lanes)
{
    struct span oys = rows_of_tap(conv, ky);
    struct span oxs = columns_of_tap(conv, kx);
    if (oxs.first == oxs.last)
        return;
    for (size_t oy = oys.first; oy < oys.last; oy++)
        row_add_scaled(out_plane + (oy * conv->out_width + oxs.first) * lanes, 1,
                       in_plane + input_of_tap(conv, oy, oxs.first, ky, kx) * lanes,
                       conv->stride_width, w, oxs.last - oxs.first, lanes);
}

void conv2d_forward(float *out, const float *in, const float *weight, const float *bias,
                    const struct conv2d *conv, size_t lanes)
{
    size_t out_plane = conv->out_height * conv->out_width * lanes;
    size_t in_plane = conv->in_height * conv->in_width * lanes;
    for (size_t k = 0; k < conv->out_channels; k++) {
        for (size_t i = 0; i < out_plane; i++)
            out[k * out_plane + i] = bias == NULL ? 0.0f : bias[k];
        for (size_t c = 0; c < conv->in_channels; c++)
            for (size_t ky = 0; ky < conv->kernel_height; ky++)
                for (size_t kx = 0; kx < conv->kernel_width; kx++)
                    forward_tap(out + k * out_plane, in + c * in_plane, *weight++, conv, ky, kx,
                                lanes);
    }
}

static void backward_input_tap(float *grad_in_plane, const float *grad_out_plane, float w,
                               const struct conv2d *conv, size_t ky, size_t kx, size_t lanes)
{
    struct span oys = rows_of_tap(conv, ky);
    struct span oxs = columns_of_tap(conv, kx);
    if (oxs.first == oxs.last)
        return;
    for (size_t oy = oys.first; oy < oys.last; oy++)
        row_add_scaled(grad_in_plane + input_of_tap(conv, oy, oxs.first, ky, kx) * lanes,
                       conv->stride_width,
                       grad_out_plane + (oy * conv->out_width + oxs.first) * lanes, 1, w,
                       oxs.last - oxs.first, lanes);
}

void conv2d_backward_input(float *grad_in, const float *grad_out, const float *weight,
                           const struct conv2d *conv, size_t lanes)
{
    size_t out_plane = conv->out_height * conv->out_width * lanes;
    size_t in_plane = conv->in_height * conv->in_width * lanes;
    memset(grad_in, 0, conv->in_channels * in_plane * sizeof *grad_in);
    for (size_t k = 0; k < conv->out_channels; k++)
        for (size_t c = 0; c < conv->in_channels; c++)
            for (size_t ky = 0; ky < conv->kernel_height; ky++)
                for (size_t kx = 0; kx < conv->kernel_width; kx++)
                    backward_input_tap(grad_in + c * in_plane, grad_out + k * out_plane, *weight++,
                                       conv, ky, kx, lanes);
}

/* sum[lane] += a * b over a row of `count` pixels; those of b lie `b_step` pixels apart. */
LANES_BODY row_dot(float *sum, const float *a, const float *b, size_t b_step, size_t count,
                   const size_t lanes)
{
    for (size_t pixel = 0; pixel < count; pixel++)
        for (size_t lane = 0; lane < lanes; lane++)
            sum[lane] += a[pixel * lanes + lane] * b[pixel * b_step * lanes + lane];
}

LANES_BODY backward_weight_tap(float *grad_weight, const float *grad_plane, const float *in_plane,
                               const struct conv2d *conv, size_t ky, size_t kx, const size_t lanes)
{
    struct span oys = rows_of_tap(conv, ky);
    struct span oxs = columns_of_tap(conv, kx);
    float sum[LANES] = {0};
    if (oxs.first == oxs.last)
        return;
    for (size_t oy = oys.first; oy < oys.last; oy++)
        row_dot(sum, grad_plane + (oy * conv->out_width + oxs.first) * lanes,
                in_plane + input_of_tap(conv, oy, oxs.first, ky, kx) * lanes, conv->stride_width,
                oxs.last - oxs.first, lanes);
    *grad_weight += lanes_sum(sum, lanes);
}

LANES_BODY backward_weight(float *grad_weight, const float *grad_out, const float *in,
                           const struct conv2d *conv, const size_t lanes)
{
    size_t out_plane = conv->out_height * conv->out_width * lanes;
    size_t in_plane = conv->in_height * conv->in_width * lanes;
    for (size_t k = 0; k < conv->out_channels; k++)
        for (size_t c = 0; c < conv->in_channels; c++)
            for (size_t ky = 0; ky < conv->kernel_height; ky++)
                for (size_t kx = 0; kx < conv->kernel_width; kx++)
                    backward_weight_tap(grad_weight++, grad_out + k * out_plane, in + c * in_plane,
                                        conv, ky, kx, lanes);
}

LANES_BODY backward_bias(float *grad_bias, const float *grad_out, const struct conv2d *conv,
                         const size_t lanes)
{
    size_t pixels = conv->out_height * conv->out_width;
    for (size_t k = 0; k < conv->out_channels; k++) {
        float sum[LANES] = {0};
        for (size_t pixel = 0; pixel < pixels; pixel++)
            for (size_t lane = 0; lane < lanes; lane++)
                sum[lane] += grad_out[(k * pixels + pixel) * lanes + lane];
        grad_bias[k] += lanes_sum(sum, lanes);
    }
}

void conv2d_backward_weight(float *grad_weight, float *grad_bias, const float *grad_out,
                            const float *in, const struct conv2d *conv, size_t lanes)
{
    if (lanes == 1)
        backward_weight(grad_weight, grad_out, in, conv, 1);
    else
        backward_weight(grad_weight, grad_out, in, conv, LANES);
    if (grad_bias == NULL)
        return;
    if (lanes == 1)
        backward_bias(grad_bias, grad_out, conv, 1);
    else
        backward_bias(grad_bias, grad_out, conv, LANES);
}
