#include "core/layers/conv2d_direct.h"

#include <stdlib.h>
#include <string.h>

/* Rows per group that make it worth while to load a panel of weights into the first-level cache. */
#define ENOUGH_ROWS 64

static void fill_tables(struct conv2d_direct_tables *tables, const struct conv2d *conv)
{
    size_t row = conv2d_padding(conv).out_width * conv->in_channels, i = 0;
    size_t image_step = conv2d_padded_elements(conv);
    for (size_t image = 0; image < tables->group; image++)
        for (size_t oy = 0; oy < conv->out_height; oy++)
            for (size_t ox = 0; ox < conv->out_width; ox++) {
                tables->in_at[i] = (uint32_t)(image * image_step + oy * conv->stride_height * row +
                                              ox * conv->stride_width * conv->in_channels);
                tables->out_at[i] = (uint32_t)(i * conv->out_channels);
                i++;
            }
    for (size_t ky = 0; ky < conv->kernel_height; ky++)
        tables->segments[ky] = (uint32_t)(ky * row);
}

bool conv2d_direct_tables_init(struct conv2d_direct_tables *out, const struct conv2d *conv)
{
    size_t pixels = conv->out_height * conv->out_width;
    size_t wanted = (ENOUGH_ROWS + pixels - 1) / pixels;
    out->group = wanted < CONV2D_DIRECT_MAX_GROUP ? wanted : CONV2D_DIRECT_MAX_GROUP;
    out->in_at = calloc(2 * out->group * pixels + conv->kernel_height, sizeof *out->in_at);
    if (out->in_at == NULL)
        return false;
    out->out_at = out->in_at + out->group * pixels;
    out->segments = out->out_at + out->group * pixels;
    fill_tables(out, conv);
    return true;
}

void conv2d_direct_tables_release(struct conv2d_direct_tables *tables)
{
    free(tables->in_at);
    memset(tables, 0, sizeof *tables);
}

size_t conv2d_direct_packed_floats(const struct conv2d *conv, const struct kernels *kernels)
{
    return kernels->packed_floats(conv2d_depth(conv), conv->out_channels);
}

void conv2d_direct_pack_tap(float *packed, const float *weight, size_t tap,
                            const struct conv2d *conv, const struct kernels *kernels)
{
    const struct pack job = {
        .source = weight + tap,
        .row_step = conv->kernel_height * conv->kernel_width,
        .column_step = conv2d_depth(conv),
        .first_row = tap * conv->in_channels,
        .rows = conv->in_channels,
        .total_rows = conv2d_depth(conv),
        .columns = conv->out_channels,
    };
    kernels->pack(packed, &job);
}

void conv2d_direct_pack(float *packed, const float *weight, const struct conv2d *conv,
                        const struct kernels *kernels)
{
    for (size_t tap = 0; tap < conv->kernel_height * conv->kernel_width; tap++)
        conv2d_direct_pack_tap(packed, weight, tap, conv, kernels);
}

size_t conv2d_direct_scratch_floats(const struct conv2d *conv,
                                    const struct conv2d_direct_tables *tables)
{
    return conv2d_is_padded(conv) ? tables->group * conv2d_padded_elements(conv) : 0;
}

bool conv2d_direct_next_group(struct conv2d_direct_group *group, const float *in, size_t images,
                              const struct conv2d *conv, const struct conv2d_direct_tables *tables,
                              float *scratch)
{
    group->first += group->count;
    size_t left = images - group->first;
    group->count = left < tables->group ? left : tables->group;
    if (group->count == 0)
        return false;
    group->in = in + group->first * conv2d_in_elements(conv);
    if (conv2d_is_padded(conv)) {
        conv2d_pad(scratch, group->in, group->count, conv);
        group->in = scratch;
    }
    return true;
}

static void forward_group(float *out, const struct conv2d_direct_group *group, const float *packed,
                          const float *bias, bool relu, const struct conv2d *conv,
                          const struct conv2d_direct_tables *tables, const struct kernels *kernels)
{
    const struct multiply job = {
        .out = out,
        .in = group->in,
        .matrix = packed,
        .start = bias,
        .out_at = tables->out_at,
        .in_at = tables->in_at,
        .segments = tables->segments,
        .rows = group->count * conv->out_height * conv->out_width,
        .columns = conv->out_channels,
        .segment_count = conv->kernel_height,
        .depth = conv->kernel_width * conv->in_channels,
        .relu = relu,
    };
    kernels->multiply(&job);
}

void conv2d_direct_forward(float *out, const float *in, size_t images, const float *packed,
                           const float *bias, bool relu, const struct conv2d *conv,
                           const struct conv2d_direct_tables *tables, float *scratch,
                           const struct kernels *kernels)
{
    struct conv2d_direct_group group = {0};
    while (conv2d_direct_next_group(&group, in, images, conv, tables, scratch))
        forward_group(out + group.first * conv2d_out_elements(conv), &group, packed, bias, relu,
                      conv, tables, kernels);
}
