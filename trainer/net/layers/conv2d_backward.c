#include "trainer/net/layers/conv2d_backward.h"

#include <stdlib.h>
#include <string.h>

static size_t taps_of(const struct conv2d *conv)
{
    return conv->kernel_height * conv->kernel_width;
}

/* Whether a tap of output (oy, ox) lies inside the picture; if so, sets *pixel to where. */
static bool is_inside(size_t *pixel, const struct conv2d *conv, size_t tap, size_t oy, size_t ox)
{
    size_t y = oy * conv->stride_height + tap / conv->kernel_width;
    size_t x = ox * conv->stride_width + tap % conv->kernel_width;
    if (y < conv->padding_height || y >= conv->padding_height + conv->in_height ||
        x < conv->padding_width || x >= conv->padding_width + conv->in_width)
        return false;
    *pixel = (y - conv->padding_height) * conv->in_width + x - conv->padding_width;
    return true;
}

/* Appends the pairs of one tap and image after the first `count` pairs; returns the new count. */
static size_t add_pairs(struct conv2d_taps *taps, size_t count, const struct conv2d *conv,
                        size_t tap, size_t image)
{
    for (size_t oy = 0; oy < conv->out_height; oy++)
        for (size_t ox = 0; ox < conv->out_width; ox++) {
            size_t pixel;
            if (!is_inside(&pixel, conv, tap, oy, ox))
                continue;
            size_t out_pixel = oy * conv->out_width + ox;
            taps->in_at[count] =
                (uint32_t)(image * conv2d_in_elements(conv) + pixel * conv->in_channels);
            taps->out_at[count] =
                (uint32_t)(image * conv2d_out_elements(conv) + out_pixel * conv->out_channels);
            count++;
        }
    return count;
}

bool conv2d_taps_init(struct conv2d_taps *out, const struct conv2d *conv,
                      const struct conv2d_direct_tables *tables)
{
    size_t pairs = taps_of(conv) * tables->group * conv->out_height * conv->out_width;
    out->group = tables->group;
    out->first = calloc(taps_of(conv) + 1, sizeof *out->first);
    out->in_at = calloc(pairs, sizeof *out->in_at);
    out->out_at = calloc(pairs, sizeof *out->out_at);
    if (out->first == NULL || out->in_at == NULL || out->out_at == NULL) {
        conv2d_taps_release(out);
        return false;
    }
    size_t count = 0;
    for (size_t tap = 0; tap < taps_of(conv); tap++) {
        for (size_t image = 0; image < out->group; image++)
            count = add_pairs(out, count, conv, tap, image);
        out->first[tap + 1] = count;
    }
    return true;
}

void conv2d_taps_release(struct conv2d_taps *taps)
{
    free(taps->out_at);
    free(taps->in_at);
    free(taps->first);
    memset(taps, 0, sizeof *taps);
}

size_t conv2d_backward_packed_floats(const struct conv2d *conv, const struct kernels *kernels)
{
    return taps_of(conv) * kernels->packed_floats(conv->out_channels, conv->in_channels);
}

void conv2d_backward_pack(float *packed, const float *weight, size_t tap, const struct conv2d *conv,
                          const struct kernels *kernels)
{
    const struct pack job = {
        .source = weight + tap,
        .row_step = conv2d_depth(conv),
        .column_step = taps_of(conv),
        .rows = conv->out_channels,
        .total_rows = conv->out_channels,
        .columns = conv->in_channels,
    };
    kernels->pack(packed + tap * kernels->packed_floats(conv->out_channels, conv->in_channels),
                  &job);
}

static void backward_input_group(float *grad_in, const float *grad_out, size_t images,
                                 const float *packed, const struct conv2d *conv,
                                 const struct conv2d_taps *taps, const struct kernels *kernels)
{
    static const uint32_t whole_row = 0;
    memset(grad_in, 0, images * conv2d_in_elements(conv) * sizeof *grad_in);
    for (size_t tap = 0; tap < taps_of(conv); tap++) {
        size_t first = taps->first[tap];
        const struct multiply job = {
            .out = grad_in,
            .in = grad_out,
            .matrix = packed + tap * kernels->packed_floats(conv->out_channels, conv->in_channels),
            .out_at = taps->in_at + first,
            .in_at = taps->out_at + first,
            .segments = &whole_row,
            .rows = (taps->first[tap + 1] - first) / taps->group * images,
            .columns = conv->in_channels,
            .segment_count = 1,
            .depth = conv->out_channels,
            .add = true,
        };
        kernels->multiply(&job);
    }
}

void conv2d_backward_input(float *grad_in, const float *grad_out, size_t images,
                           const float *packed, const struct conv2d *conv,
                           const struct conv2d_taps *taps, const struct kernels *kernels)
{
    for (size_t done = 0; done < images; done += taps->group) {
        size_t left = images - done;
        backward_input_group(grad_in + done * conv2d_in_elements(conv),
                             grad_out + done * conv2d_out_elements(conv),
                             left < taps->group ? left : taps->group, packed, conv, taps, kernels);
    }
}

static void backward_weight_group(float *grad_weight, const float *grad_out,
                                  const struct conv2d_direct_group *group, bool add,
                                  const struct conv2d *conv,
                                  const struct conv2d_direct_tables *tables,
                                  const struct train_kernels *kernels)
{
    const struct outer job = {
        .out = grad_weight,
        .in = group->in,
        .grad = grad_out,
        .in_at = tables->in_at,
        .grad_at = tables->out_at,
        .segments = tables->segments,
        .rows = group->count * conv->out_height * conv->out_width,
        .columns = conv->out_channels,
        .segment_count = conv->kernel_height,
        .depth = conv->kernel_width * conv->in_channels,
        .add = add,
    };
    kernels->outer(&job);
}

void conv2d_backward_weight(float *grad_weight, const float *grad_out, const float *in,
                            size_t images, bool add, const struct conv2d *conv,
                            const struct conv2d_direct_tables *tables, float *scratch,
                            const struct train_kernels *kernels)
{
    struct conv2d_direct_group group = {0};
    while (conv2d_direct_next_group(&group, in, images, conv, tables, scratch))
        backward_weight_group(grad_weight, grad_out + group.first * conv2d_out_elements(conv),
                              &group, add || group.first > 0, conv, tables, kernels);
}
