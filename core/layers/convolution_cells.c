#include "core/layers/convolution_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/layers/mono3x3.h"

#define ALIGNMENT_BYTES 64

#define CELL_MOST   255
#define WEIGHT_MOST 127

/* A picture's last row of windows is read one cell further than it has windows. */
#define MONO_BEYOND_CELLS 1

/* Images that are rows of a tile together. */
#define TILE_IMAGES 16

/* Bytes of a column of packed mono3x3 weights (core/kernels/kernels.h). */
#define MONO_COLUMN_BYTES (12 * sizeof(int32_t))

static size_t rounded_up(size_t count, size_t to)
{
    return (count + to - 1) / to * to;
}

/* The most that sums can be, without their start. */
static double most_sum(size_t depth)
{
    return (double)depth * CELL_MOST * WEIGHT_MOST;
}

/* The tiling that takes the fewest products, of those whose sums come out right; NULL if none do.
 * `sizes` with the channels of cells. */
static const struct winograd_tiling *tiling_for(const struct conv2d *sizes, bool pool,
                                                const struct kernels *kernels)
{
    const struct winograd_tiling *best = NULL;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; kernels->winograd_cells != NULL && i < KERNELS_WINOGRAD_TILINGS; i++) {
        const struct winograd_tiling *each = &kernels->winograd_cells[i];
        size_t products = winograd_layer_products(sizes, pool, each);
        if (products == 0 || products >= fewest || most_sum(conv2d_depth(sizes)) > each->most_sum)
            continue;
        best = each;
        fewest = products;
    }
    return best;
}

/* `sizes` with the channels of cells. */
static enum convolution_method method_for(const struct conv2d *sizes, bool pool, bool logits,
                                          const struct kernels *kernels)
{
    if (mono3x3_layer_fits(sizes))
        return CONVOLUTION_MONO3X3;
    if (kernels->tile_chunk != NULL && sizes->stride_height == 1 && sizes->stride_width == 1 &&
        kernels->tile_chunk(sizes->kernel_width * sizes->in_channels) > 0)
        return CONVOLUTION_TILES;
    if (!logits && tiling_for(sizes, pool, kernels) != NULL)
        return CONVOLUTION_WINOGRAD;
    return CONVOLUTION_DIRECT;
}

bool convolution_cells_takes_pool(const struct conv2d *sizes, const struct kernels *kernels)
{
    enum convolution_method method = method_for(sizes, true, false, kernels);
    return method == CONVOLUTION_MONO3X3 || method == CONVOLUTION_WINOGRAD;
}

/* Whole numbers before they are packed: [taps * in channels][out channels]. */
struct quantised {
    int8_t *matrix;
    size_t rows, columns;
};

/* The matrix's row for input channel c of tap `tap`. */
static size_t row_of(const struct convolution_cells *layer, size_t tap, size_t c)
{
    return tap * layer->sizes.in_channels + c;
}

/* Quantises output channel k; false if its sums might not fit. */
static bool quantise_channel(struct convolution_cells *layer, const struct quantised *out, size_t k,
                             const float *weight, float bias, const struct conv2d *sizes,
                             const struct cell_scales *scales)
{
    size_t taps = sizes->kernel_height * sizes->kernel_width, depth = conv2d_depth(sizes);
    float largest = 0.0f;
    for (size_t i = 0; i < depth; i++)
        largest = fmaxf(largest, fabsf(weight[i]));
    float scale = largest > 0.0f ? largest / WEIGHT_MOST : 1.0f;
    int64_t total = 0;
    for (size_t i = 0; i < depth; i++) {
        int whole = (int)lrintf(weight[i] / scale);
        out->matrix[row_of(layer, i % taps, i / taps) * out->columns + k] = (int8_t)whole;
        total += whole;
    }
    double unit = (double)scales->in_scale * scale;
    double start = nearbyint((bias + (double)scales->in_offset * scale * (double)total) / unit);
    if (!(fabs(start) + most_sum(depth) <= INT32_MAX))
        return false;
    layer->start[k] = (int32_t)start;
    layer->scale[k] = (float)(layer->logits ? unit : unit / (double)scales->out_scale);
    return true;
}

/* Weights, starts and scales in one piece of memory, zeroed. */
static bool allocate(struct convolution_cells *layer, size_t weight_bytes)
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

static void set_sizes(struct convolution_cells *layer, const struct conv2d *sizes, bool pool)
{
    size_t side = pool ? 2 : 1;
    layer->sizes = *sizes;
    if (sizes->in_channels > 1)
        layer->sizes.in_channels = KERNELS_WHOLE_CELLS(sizes->in_channels);
    if (!layer->logits)
        layer->sizes.out_channels = KERNELS_WHOLE_CELLS(sizes->out_channels);
    layer->pad = conv2d_padding(&layer->sizes);
    layer->job = (struct mono3x3){.out_channels = sizes->out_channels,
                                  .in_row = layer->pad.out_width,
                                  .out_height = sizes->out_height / side,
                                  .out_width = sizes->out_width / side,
                                  .relu = true,
                                  .pool = pool};
    layer->out_elements = layer->job.out_height * layer->job.out_width * layer->sizes.out_channels;
}

/* Whether one window is the whole picture, so that an image is a position among others. */
static bool is_one_window(const struct conv2d *sizes)
{
    return sizes->out_height == 1 && sizes->out_width == 1 && !conv2d_is_padded(sizes);
}

static void set_tiles(struct convolution_cells *layer, const struct kernels *kernels)
{
    const struct conv2d *sizes = &layer->sizes;
    bool one = is_one_window(sizes);
    size_t width = layer->pad.out_width, channels = sizes->in_channels;
    layer->tiles = (struct tile_cells){
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

/* Prepares the method; the number of bytes that its packed weights take, or 0 without memory. */
static size_t prepare_method(struct convolution_cells *layer, const struct quantised *quantised,
                             const struct kernels *kernels)
{
    switch (layer->method) {
    case CONVOLUTION_MONO3X3:
        return MONO_COLUMN_BYTES * rounded_up(quantised->columns, KERNELS_SLICE);
    case CONVOLUTION_WINOGRAD:
        winograd_layer_init(&layer->winograd, &layer->sizes, true, layer->job.pool,
                            tiling_for(&layer->sizes, layer->job.pool, kernels));
        return winograd_layer_packed_bytes(&layer->winograd);
    case CONVOLUTION_TILES:
        set_tiles(layer, kernels);
        return quantised->rows * rounded_up(quantised->columns, KERNELS_SLICE);
    case CONVOLUTION_DIRECT:
        break;
    }
    if (!conv2d_tables_init(&layer->tables, &layer->sizes))
        return 0;
    return kernels->packed_cells_bytes(quantised->rows, quantised->columns);
}

static void pack(struct convolution_cells *layer, const struct quantised *quantised,
                 const struct kernels *kernels)
{
    switch (layer->method) {
    case CONVOLUTION_MONO3X3:
        kernels->mono3x3_pack_cells(layer->weight, quantised->matrix, quantised->columns);
        break;
    case CONVOLUTION_WINOGRAD:
        winograd_layer_pack_cells(layer->weight, quantised->matrix, quantised->columns,
                                  &layer->winograd, kernels);
        layer->winograd.job.start = layer->start;
        layer->winograd.job.scale = layer->scale;
        break;
    case CONVOLUTION_TILES:
        kernels->tile_pack(layer->weight, quantised->matrix, quantised->rows, quantised->columns,
                           layer->tiles.chunk);
        layer->tiles.matrix = layer->weight;
        layer->tiles.start = layer->start;
        layer->tiles.scale = layer->scale;
        break;
    case CONVOLUTION_DIRECT:
        kernels->pack_cells(layer->weight, quantised->matrix, quantised->rows, quantised->columns);
        break;
    }
}

static enum convolution_cells_result quantise(struct convolution_cells *layer,
                                              const struct quantised *quantised,
                                              const struct conv2d *sizes, const float *weight,
                                              const float *bias, const struct cell_scales *scales,
                                              const struct kernels *kernels)
{
    for (size_t k = 0; k < sizes->out_channels; k++)
        if (!quantise_channel(layer, quantised, k, weight + k * conv2d_depth(sizes), bias[k], sizes,
                              scales))
            return CONVOLUTION_CELLS_UNFIT;
    pack(layer, quantised, kernels);
    return CONVOLUTION_CELLS_OK;
}

enum convolution_cells_result convolution_cells_init(struct convolution_cells *out,
                                                     const struct conv2d *sizes, bool pool,
                                                     const float *weight, const float *bias,
                                                     const struct cell_scales *scales,
                                                     const struct kernels *kernels)
{
    *out = (struct convolution_cells){.logits = !(scales->out_scale > 0.0f),
                                      .padding = scales->padding};
    set_sizes(out, sizes, pool);
    out->method = method_for(&out->sizes, pool, out->logits, kernels);
    if (out->method != CONVOLUTION_MONO3X3 && sizes->in_channels == 1)
        return CONVOLUTION_CELLS_UNFIT;
    struct quantised quantised = {.rows = conv2d_depth(&out->sizes),
                                  .columns = sizes->out_channels};
    quantised.matrix = calloc(quantised.rows, quantised.columns);
    enum convolution_cells_result result = CONVOLUTION_CELLS_NO_MEMORY;
    size_t weight_bytes = quantised.matrix != NULL ? prepare_method(out, &quantised, kernels) : 0;
    if (weight_bytes > 0 && allocate(out, weight_bytes))
        result = quantise(out, &quantised, sizes, weight, bias, scales, kernels);
    free(quantised.matrix);
    return result;
}

void convolution_cells_release(struct convolution_cells *layer)
{
    conv2d_tables_release(&layer->tables);
    free(layer->weight);
    layer->weight = NULL;
    layer->start = NULL;
    layer->scale = NULL;
}

static bool is_padded(const struct convolution_cells *layer)
{
    return layer->method == CONVOLUTION_MONO3X3 || conv2d_is_padded(&layer->sizes);
}

static size_t group_of(const struct convolution_cells *layer)
{
    switch (layer->method) {
    case CONVOLUTION_TILES:
        return is_one_window(&layer->sizes) ? TILE_IMAGES : 1;
    case CONVOLUTION_DIRECT:
        return layer->tables.group;
    case CONVOLUTION_MONO3X3:
    case CONVOLUTION_WINOGRAD:
        break;
    }
    return 1;
}

size_t convolution_cells_scratch_bytes(const struct convolution_cells *layer,
                                       const struct kernels *kernels)
{
    if (layer->method == CONVOLUTION_WINOGRAD)
        return winograd_layer_scratch_bytes(&layer->winograd);
    if (!is_padded(layer))
        return 0;
    return (group_of(layer) * pad2d_out_elements(&layer->pad) + MONO_BEYOND_CELLS) *
           kernels->cell_bytes;
}

static void forward_group(void *out, const void *in, size_t images,
                          const struct convolution_cells *layer, const struct kernels *kernels)
{
    const struct conv2d *sizes = &layer->sizes;
    const struct multiply_cells job = {
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
    kernels->multiply_cells(&job);
}

/* Pads a group and convolves it. */
static void forward_padded(void *out, const void *in, size_t images,
                           const struct convolution_cells *layer, void *scratch,
                           const struct kernels *kernels)
{
    if (is_padded(layer)) {
        pad2d_elements(scratch, in, images, &layer->pad, kernels->cell_bytes, layer->padding);
        in = scratch;
    }
    if (layer->method == CONVOLUTION_TILES) {
        struct tile_cells job = layer->tiles;
        job.out = out;
        job.in = in;
        job.positions = is_one_window(&layer->sizes) ? images : job.positions;
        kernels->tile_convolve(&job);
    } else if (layer->method == CONVOLUTION_MONO3X3)
        kernels->mono3x3_cells(out, in, layer->weight, layer->start, layer->scale, &layer->job);
    else
        forward_group(out, in, images, layer, kernels);
}

void convolution_cells_forward(void *out, const void *in, size_t images,
                               const struct convolution_cells *layer, void *scratch,
                               const struct kernels *kernels)
{
    if (layer->method == CONVOLUTION_WINOGRAD) {
        winograd_layer_forward(out, in, images, layer->weight, &layer->winograd, scratch);
        return;
    }
    size_t in_bytes = conv2d_in_elements(&layer->sizes) * kernels->cell_bytes;
    size_t out_bytes = layer->out_elements * (layer->logits ? sizeof(float) : kernels->cell_bytes);
    for (size_t done = 0; done < images; done += group_of(layer)) {
        size_t left = images - done, count = left < group_of(layer) ? left : group_of(layer);
        forward_padded((unsigned char *)out + done * out_bytes,
                       (const unsigned char *)in + done * in_bytes, count, layer, scratch, kernels);
    }
}
