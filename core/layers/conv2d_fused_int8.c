#include "core/layers/conv2d_fused_int8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/conv3x3_c1.h"

#define ALIGNMENT_BYTES 64

/* kernels->conv3x3_c1_int8 reads one activation beyond the last row of windows. */
#define C1_BEYOND 1

/* Images per call where each image is one row of a tile. */
#define TILE_IMAGES 16

/* Number of bytes per column of the packed weights of kernels->conv3x3_c1_int8. */
#define C1_COLUMN_BYTES (12 * sizeof(int32_t))

static size_t rounded_up(size_t count, size_t to)
{
    return (count + to - 1) / to * to;
}

/* The largest absolute value of a sum without its start. */
static double most_sum(size_t depth)
{
    return (double)depth * KERNELS_INT8_ACTIVATION_MOST * KERNELS_INT8_WEIGHT_MOST;
}

/* The tiling with the fewest products among those whose sums are correct; NULL if there is none. The
 * channels of `sizes` are rounded up to KERNELS_INT8_MULTIPLE, here and below. */
static const struct winograd_tiling *tiling_for(const struct conv2d *sizes, bool pool,
                                                const struct kernels *kernels)
{
    const struct winograd_tiling *best = NULL;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; kernels->winograd_int8 != NULL && i < KERNELS_WINOGRAD_TILINGS; i++) {
        const struct winograd_tiling *each = &kernels->winograd_int8[i];
        size_t products = winograd_layer_products(sizes, pool, each);
        if (products == 0 || products >= fewest || most_sum(conv2d_depth(sizes)) > each->most_sum)
            continue;
        best = each;
        fewest = products;
    }
    return best;
}

static enum conv2d_method method_for(const struct conv2d *sizes, bool pool, bool logits,
                                     const struct kernels *kernels)
{
    if (conv3x3_c1_layer_fits(sizes))
        return CONV2D_METHOD_3X3_C1;
    if (kernels->tile_chunk != NULL && sizes->stride_height == 1 && sizes->stride_width == 1 &&
        kernels->tile_chunk(sizes->kernel_width * sizes->in_channels) > 0)
        return CONV2D_METHOD_TILES;
    if (!logits && tiling_for(sizes, pool, kernels) != NULL)
        return CONV2D_METHOD_WINOGRAD;
    return CONV2D_METHOD_DIRECT;
}

bool conv2d_fused_int8_takes_pool(const struct conv2d *sizes, const struct kernels *kernels)
{
    enum conv2d_method method = method_for(sizes, true, false, kernels);
    return method == CONV2D_METHOD_3X3_C1 || method == CONV2D_METHOD_WINOGRAD;
}

/* The quantised weights before packing: [taps * in channels][out channels]. */
struct quantised {
    int8_t *matrix;
    size_t rows, columns;
};

/* The matrix's row of input channel c and tap `tap`. */
static size_t row_of(const struct conv2d_fused_int8 *layer, size_t tap, size_t c)
{
    return tap * layer->sizes.in_channels + c;
}

/* Quantises output channel k; false if its sums might overflow. */
static bool quantise_channel(struct conv2d_fused_int8 *layer, const struct quantised *out, size_t k,
                             const float *weight, float bias, const struct conv2d *sizes,
                             const struct int8_scales *scales)
{
    size_t taps = sizes->kernel_height * sizes->kernel_width, depth = conv2d_depth(sizes);
    float largest = 0.0f;
    for (size_t i = 0; i < depth; i++)
        largest = fmaxf(largest, fabsf(weight[i]));
    float scale = largest > 0.0f ? largest / KERNELS_INT8_WEIGHT_MOST : 1.0f;
    int64_t total = 0;
    for (size_t i = 0; i < depth; i++) {
        int quantised = (int)lrintf(weight[i] / scale);
        out->matrix[row_of(layer, i % taps, i / taps) * out->columns + k] = (int8_t)quantised;
        total += quantised;
    }
    double unit = (double)scales->in_scale * scale;
    double start = nearbyint((bias + (double)scales->in_offset * scale * (double)total) / unit);
    if (!(fabs(start) + most_sum(depth) <= INT32_MAX))
        return false;
    layer->start[k] = (int32_t)start;
    layer->scale[k] = (float)(layer->logits ? unit : unit / (double)scales->out_scale);
    return true;
}

/* Allocates zeroed weights, starts and scales in one block of memory. */
static bool allocate_weights(struct conv2d_fused_int8 *layer, size_t weight_bytes)
{
    size_t columns = rounded_up(layer->sizes.out_channels, KERNELS_SLICE);
    size_t start_at = rounded_up(weight_bytes, ALIGNMENT_BYTES);
    size_t size_bytes = start_at + columns * (sizeof *layer->start + sizeof *layer->scale);
    void *memory = NULL;
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0)
        return false;
    layer->weight = memset(memory, 0, size_bytes);
    layer->start = (int32_t *)(void *)(layer->weight + start_at);
    layer->scale = (float *)(void *)(layer->start + columns);
    return true;
}

static void set_sizes(struct conv2d_fused_int8 *layer, const struct conv2d *sizes, bool pool)
{
    layer->sizes = *sizes;
    if (sizes->in_channels > 1)
        layer->sizes.in_channels = KERNELS_INT8_CHANNELS(sizes->in_channels);
    if (!layer->logits)
        layer->sizes.out_channels = KERNELS_INT8_CHANNELS(sizes->out_channels);
    layer->pad = conv2d_padding(&layer->sizes);
    layer->job = conv3x3_c1_job(sizes, true, pool);
    layer->out_elements = layer->job.out_height * layer->job.out_width * layer->sizes.out_channels;
}

/* Whether one window covers the whole picture. Each image is then one position. */
static bool is_one_window(const struct conv2d *sizes)
{
    return sizes->out_height == 1 && sizes->out_width == 1 && !conv2d_is_padded(sizes);
}

static void set_tiles(struct conv2d_fused_int8 *layer, const struct kernels *kernels)
{
    const struct conv2d *sizes = &layer->sizes;
    bool one = is_one_window(sizes);
    size_t width = layer->pad.out_width, channels = sizes->in_channels;
    layer->tiles = (struct tiles_int8){
        .positions = (sizes->out_height - 1) * width + sizes->out_width,
        .position_step = one ? conv2d_in_elements(sizes) : channels,
        .row_positions = one ? 1 : width,
        .kept = sizes->out_width,
        .out_step = sizes->out_channels,
        .segment_count = sizes->kernel_height,
        .segment_step = width * channels,
        .depth = sizes->kernel_width * channels,
        .columns = layer->job.out_channels,
        .logits = layer->logits,
    };
    layer->tiles.chunk = kernels->tile_chunk(layer->tiles.depth);
}

/* Prepares the method. Returns the number of bytes of its packed weights, or 0 without memory. */
static size_t prepare_method(struct conv2d_fused_int8 *layer, const struct quantised *quantised,
                             const struct kernels *kernels)
{
    switch (layer->method) {
    case CONV2D_METHOD_3X3_C1:
        return C1_COLUMN_BYTES * rounded_up(quantised->columns, KERNELS_SLICE);
    case CONV2D_METHOD_WINOGRAD:
        winograd_layer_init(&layer->winograd, &layer->sizes, true, layer->job.pool,
                            tiling_for(&layer->sizes, layer->job.pool, kernels));
        return winograd_layer_packed_bytes(&layer->winograd);
    case CONV2D_METHOD_TILES:
        set_tiles(layer, kernels);
        return quantised->rows * rounded_up(quantised->columns, KERNELS_SLICE);
    case CONV2D_METHOD_DIRECT:
        break;
    }
    if (!conv2d_direct_tables_init(&layer->tables, &layer->sizes))
        return 0;
    return kernels->packed_int8_bytes(quantised->rows, quantised->columns);
}

static void pack_weights(struct conv2d_fused_int8 *layer, const struct quantised *quantised,
                         const struct kernels *kernels)
{
    switch (layer->method) {
    case CONV2D_METHOD_3X3_C1:
        kernels->conv3x3_c1_pack_int8(layer->weight, quantised->matrix, quantised->columns);
        break;
    case CONV2D_METHOD_WINOGRAD:
        winograd_layer_pack_int8(layer->weight, quantised->matrix, quantised->columns,
                                 &layer->winograd, kernels);
        layer->winograd.job.start = layer->start;
        layer->winograd.job.scale = layer->scale;
        break;
    case CONV2D_METHOD_TILES:
        kernels->tile_pack(layer->weight, quantised->matrix, quantised->rows, quantised->columns,
                           layer->tiles.chunk);
        layer->tiles.matrix = layer->weight;
        layer->tiles.start = layer->start;
        layer->tiles.scale = layer->scale;
        break;
    case CONV2D_METHOD_DIRECT:
        kernels->pack_int8(layer->weight, quantised->matrix, quantised->rows, quantised->columns);
        break;
    }
}

static enum conv2d_fused_int8_result
quantise_weights(struct conv2d_fused_int8 *layer, const struct quantised *quantised,
                 const struct conv2d *sizes, const float *weight, const float *bias,
                 const struct int8_scales *scales, const struct kernels *kernels)
{
    for (size_t k = 0; k < sizes->out_channels; k++)
        if (!quantise_channel(layer, quantised, k, weight + k * conv2d_depth(sizes), bias[k], sizes,
                              scales))
            return CONV2D_FUSED_INT8_UNFIT;
    pack_weights(layer, quantised, kernels);
    return CONV2D_FUSED_INT8_OK;
}

enum conv2d_fused_int8_result conv2d_fused_int8_init(struct conv2d_fused_int8 *out,
                                                     const struct conv2d *sizes, bool pool,
                                                     const float *weight, const float *bias,
                                                     const struct int8_scales *scales,
                                                     const struct kernels *kernels)
{
    *out = (struct conv2d_fused_int8){.logits = !(scales->out_scale > 0.0f),
                                      .padding = scales->padding};
    set_sizes(out, sizes, pool);
    out->method = method_for(&out->sizes, pool, out->logits, kernels);
    if (out->method != CONV2D_METHOD_3X3_C1 && sizes->in_channels == 1)
        return CONV2D_FUSED_INT8_UNFIT;
    struct quantised quantised = {.rows = conv2d_depth(&out->sizes),
                                  .columns = sizes->out_channels};
    quantised.matrix = calloc(quantised.rows, quantised.columns);
    enum conv2d_fused_int8_result result = CONV2D_FUSED_INT8_NO_MEMORY;
    size_t weight_bytes = quantised.matrix != NULL ? prepare_method(out, &quantised, kernels) : 0;
    if (weight_bytes > 0 && allocate_weights(out, weight_bytes))
        result = quantise_weights(out, &quantised, sizes, weight, bias, scales, kernels);
    free(quantised.matrix);
    return result;
}

void conv2d_fused_int8_release(struct conv2d_fused_int8 *layer)
{
    conv2d_direct_tables_release(&layer->tables);
    free(layer->weight);
    layer->weight = NULL;
    layer->start = NULL;
    layer->scale = NULL;
}

static bool is_padded(const struct conv2d_fused_int8 *layer)
{
    return layer->method == CONV2D_METHOD_3X3_C1 || conv2d_is_padded(&layer->sizes);
}

static size_t group_of(const struct conv2d_fused_int8 *layer)
{
    switch (layer->method) {
    case CONV2D_METHOD_TILES:
        return is_one_window(&layer->sizes) ? TILE_IMAGES : 1;
    case CONV2D_METHOD_DIRECT:
        return layer->tables.group;
    case CONV2D_METHOD_3X3_C1:
    case CONV2D_METHOD_WINOGRAD:
        break;
    }
    return 1;
}

size_t conv2d_fused_int8_scratch_bytes(const struct conv2d_fused_int8 *layer,
                                       const struct kernels *kernels)
{
    if (layer->method == CONV2D_METHOD_WINOGRAD)
        return winograd_layer_scratch_bytes(&layer->winograd);
    if (!is_padded(layer))
        return 0;
    return (group_of(layer) * pad2d_out_elements(&layer->pad) + C1_BEYOND) *
           kernels->activation_bytes;
}

static void forward_group(void *out, const void *in, size_t images,
                          const struct conv2d_fused_int8 *layer, const struct kernels *kernels)
{
    const struct conv2d *sizes = &layer->sizes;
    const struct multiply_int8 job = {
        .out = out,
        .in = in,
        .matrix = layer->weight,
        .start = layer->start,
        .scale = layer->scale,
        .out_at = layer->tables.out_at,
        .in_at = layer->tables.in_at,
        .segments = layer->tables.segments,
        .rows = images * sizes->out_height * sizes->out_width,
        .columns = layer->job.out_channels,
        .segment_count = sizes->kernel_height,
        .depth = sizes->kernel_width * sizes->in_channels,
        .logits = layer->logits,
    };
    kernels->multiply_int8(&job);
}

/* Pads a group of images and convolves it. */
static void forward_padded(void *out, const void *in, size_t images,
                           const struct conv2d_fused_int8 *layer, void *scratch,
                           const struct kernels *kernels)
{
    if (is_padded(layer)) {
        pad2d_elements(scratch, in, images, &layer->pad, kernels->activation_bytes, layer->padding);
        in = scratch;
    }
    if (layer->method == CONV2D_METHOD_TILES) {
        struct tiles_int8 job = layer->tiles;
        job.out = out;
        job.in = in;
        job.positions = is_one_window(&layer->sizes) ? images : job.positions;
        kernels->tile_convolve(&job);
    } else if (layer->method == CONV2D_METHOD_3X3_C1)
        kernels->conv3x3_c1_int8(out, in, layer->weight, layer->start, layer->scale, &layer->job);
    else
        forward_group(out, in, images, layer, kernels);
}

void conv2d_fused_int8_forward(void *out, const void *in, size_t images,
                               const struct conv2d_fused_int8 *layer, void *scratch,
                               const struct kernels *kernels)
{
    if (layer->method == CONV2D_METHOD_WINOGRAD) {
        winograd_layer_forward(out, in, images, layer->weight, &layer->winograd, scratch);
        return;
    }
    size_t in_bytes = conv2d_in_elements(&layer->sizes) * kernels->activation_bytes;
    size_t out_bytes =
        layer->out_elements * (layer->logits ? sizeof(float) : kernels->activation_bytes);
    for (size_t done = 0; done < images; done += group_of(layer)) {
        size_t left = images - done, count = left < group_of(layer) ? left : group_of(layer);
        forward_padded((unsigned char *)out + done * out_bytes,
                       (const unsigned char *)in + done * in_bytes, count, layer, scratch, kernels);
    }
}
