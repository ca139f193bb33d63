#include "core/layers/winograd.h"

/* Tiles that are worked on together: as many as keep their sixteen matrices in the second-level
 * cache, and enough for the weights to be read seldom. */
#define ENOUGH_TILES 36

#define POSITIONS 16

#define LINE_BYTES 64

/* Tiles along a side of `outputs`; pooling leaves an odd last output out. */
static size_t tiles_along(size_t outputs, bool pool)
{
    return pool ? outputs / 2 : (outputs + 1) / 2;
}

/* At most this share of a plain convolution's products, in hundredths. */
#define WORTHWHILE_PERCENT 70

bool winograd_layer_fits(const struct conv2d *conv, bool pool)
{
    if (conv->kernel_height != 3 || conv->kernel_width != 3 || conv->stride_height != 1 ||
        conv->stride_width != 1)
        return false;
    size_t tiles = tiles_along(conv->out_height, pool) * tiles_along(conv->out_width, pool);
    size_t products =
        POSITIONS * tiles * KERNELS_SLICES(conv->in_channels) * KERNELS_SLICES(conv->out_channels);
    size_t plain = 9 * conv->out_height * conv->out_width * conv->in_channels * conv->out_channels;
    return tiles > 0 &&
           100 * products * KERNELS_SLICE * KERNELS_SLICE <= WORTHWHILE_PERCENT * plain;
}

static size_t at_least_one(size_t count)
{
    return count > 0 ? count : 1;
}

void winograd_layer_init(struct winograd_layer *out, const struct conv2d *conv, bool relu,
                         bool pool, const struct winograd_kernels *kernels)
{
    size_t high = tiles_along(conv->out_height, pool), wide = tiles_along(conv->out_width, pool);
    size_t height = 2 * high + 2, width = 2 * wide + 2;
    bool padded = conv2d_is_padded(conv) || height > conv->in_height || width > conv->in_width;
    *out = (struct winograd_layer){
        .kernels = kernels,
        .job = {.in_channels = conv->in_channels,
                .out_channels = conv->out_channels,
                .tiles_high = high,
                .tiles_wide = wide,
                .in_row = (padded ? width : conv->in_width) * conv->in_channels,
                .out_height = pool ? high : conv->out_height,
                .out_width = pool ? wide : conv->out_width,
                .relu = relu,
                .pool = pool},
        .pad = conv2d_padding(conv),
        .padded = padded,
        .group = at_least_one(ENOUGH_TILES / (high * wide)),
        .in_elements = conv2d_in_elements(conv),
        .out_elements =
            (pool ? high * wide : conv->out_height * conv->out_width) * conv->out_channels,
    };
    out->pad.out_height = height;
    out->pad.out_width = width;
    out->out_row = out->out_elements / out->job.out_height;
    size_t rows = at_least_one(ENOUGH_TILES / wide);
    out->rows = rows < high ? rows : high;
}

static size_t depth_of(const struct winograd_layer *layer)
{
    return KERNELS_SLICES(layer->job.in_channels) * KERNELS_SLICE;
}

static size_t columns_of(const struct winograd_layer *layer)
{
    return KERNELS_SLICES(layer->job.out_channels) * KERNELS_SLICE;
}

static size_t most_tiles(const struct winograd_layer *layer)
{
    return layer->group * layer->rows * layer->job.tiles_wide;
}

static size_t padded_bytes(const struct winograd_layer *layer)
{
    return layer->group * pad2d_out_elements(&layer->pad) * layer->kernels->element_bytes;
}

/* In whole lines of the cache, so that what follows lies as well as the memory itself. */
static size_t padded_room_bytes(const struct winograd_layer *layer)
{
    return layer->padded ? (padded_bytes(layer) + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES : 0;
}

static size_t spread_bytes(const struct winograd_layer *layer)
{
    return POSITIONS * most_tiles(layer) * depth_of(layer) * layer->kernels->spread_bytes;
}

size_t winograd_layer_packed_bytes(const struct winograd_layer *layer)
{
    return POSITIONS * depth_of(layer) * columns_of(layer) * layer->kernels->spread_bytes;
}

size_t winograd_layer_scratch_bytes(const struct winograd_layer *layer)
{
    return padded_room_bytes(layer) + spread_bytes(layer) +
           POSITIONS * most_tiles(layer) * columns_of(layer) * layer->kernels->sum_bytes;
}

/* What the work on a group needs to know. */
struct group {
    const struct winograd_layer *layer;
    const void *packed;
    unsigned char *spread, *sums;
    size_t images, in_bytes, out_bytes; /* from one picture to the next; inputs padded */
};

/* Rows `first` and following of the tiles of each picture. */
static void forward_rows(unsigned char *out, const unsigned char *in, size_t first,
                         const struct group *group)
{
    const struct winograd_layer *layer = group->layer;
    const struct winograd_kernels *kernels = layer->kernels;
    size_t left = layer->job.tiles_high - first, side = layer->job.pool ? 1 : 2;
    struct winograd job = layer->job;
    job.tiles_high = left < layer->rows ? left : layer->rows;
    job.tiles = group->images * job.tiles_high * job.tiles_wide;
    job.out_height -= side * first;
    in += 2 * first * job.in_row * kernels->element_bytes;
    out += side * first * layer->out_row * kernels->element_bytes;
    for (size_t i = 0; i < group->images; i++) {
        job.first = i * job.tiles_high * job.tiles_wide;
        kernels->spread(group->spread, in + i * group->in_bytes, &job);
    }
    kernels->multiply(group->sums, group->spread, group->packed, &job);
    for (size_t i = 0; i < group->images; i++) {
        job.first = i * job.tiles_high * job.tiles_wide;
        kernels->gather(out + i * group->out_bytes, group->sums, &job);
    }
}

void winograd_layer_forward(void *out, const void *in, size_t images, const void *packed,
                            const struct winograd_layer *layer, void *scratch)
{
    size_t element_bytes = layer->kernels->element_bytes;
    size_t in_bytes = layer->in_elements * element_bytes;
    struct group group = {.layer = layer,
                          .packed = packed,
                          .spread = (unsigned char *)scratch + padded_room_bytes(layer),
                          .out_bytes = layer->out_elements * element_bytes};
    group.sums = group.spread + spread_bytes(layer);
    group.in_bytes = layer->padded ? pad2d_out_elements(&layer->pad) * element_bytes : in_bytes;
    for (size_t done = 0; done < images; done += group.images) {
        const unsigned char *from = (const unsigned char *)in + done * in_bytes;
        group.images = images - done < layer->group ? images - done : layer->group;
        if (layer->padded) {
            pad2d_elements(scratch, from, group.images, &layer->pad, element_bytes, 0);
            from = scratch;
        }
        for (size_t row = 0; row < layer->job.tiles_high; row += layer->rows)
            forward_rows((unsigned char *)out + done * group.out_bytes, from, row, &group);
    }
}
