#include "core/layers/winograd.h"

/* Number of tiles per step times their positions: few enough that their matrices stay in the second-level
 * cache, many enough that the weights are read seldom. */
#define ENOUGH_POSITIONS 576

#define LINE_BYTES 64

/* How a line of outputs is divided into tiles: [0] of the tiling's `side`, then [1] of its `rest`. */
struct cut {
    size_t tiles[2];
    size_t at[2];      /* first output */
    size_t outputs[2]; /* their number; pooling drops an odd last output */
};

static struct cut cut_line(size_t outputs, bool pool, const struct winograd_tiling *tiling)
{
    size_t side = tiling->side, rest = tiling->rest;
    size_t used = pool ? outputs - outputs % 2 : outputs, left = used % side;
    if (left == 0 || left > rest)
        return (struct cut){.tiles = {(used + side - 1) / side}, .outputs = {used}};
    return (struct cut){{used / side, 1}, {0, used - rest}, {used - left, rest}};
}

static size_t positions_along(const struct cut *cut, const struct winograd_tiling *tiling)
{
    return cut->tiles[0] * (tiling->side + 2) + cut->tiles[1] * (tiling->rest + 2);
}

/* Winograd's filtering pays if it takes at most this percentage of a plain convolution's products. */
#define WORTHWHILE_PERCENT 70

/* Whether a whole tile fits the outputs, and no pooled 2x2 crosses tiles. */
static bool has_room(const struct conv2d *conv, bool pool, size_t side)
{
    return conv->out_height >= side && conv->out_width >= side && !(pool && side % 2 != 0);
}

size_t winograd_layer_products(const struct conv2d *conv, bool pool,
                               const struct winograd_tiling *tiling)
{
    if (conv->kernel_height != 3 || conv->kernel_width != 3 || conv->stride_height != 1 ||
        conv->stride_width != 1 || !has_room(conv, pool, tiling->side))
        return 0;
    struct cut down = cut_line(conv->out_height, pool, tiling);
    struct cut across = cut_line(conv->out_width, pool, tiling);
    size_t products = positions_along(&down, tiling) * positions_along(&across, tiling) *
                      KERNELS_SLICES(conv->in_channels) * KERNELS_SLICES(conv->out_channels) *
                      KERNELS_SLICE * KERNELS_SLICE;
    size_t plain = 9 * conv->out_height * conv->out_width * conv->in_channels * conv->out_channels;
    return 100 * products <= WORTHWHILE_PERCENT * plain ? products : 0;
}

static size_t at_least_one(size_t count)
{
    return count > 0 ? count : 1;
}

static size_t positions_of(const struct winograd_part *part)
{
    return (part->kernels->high + 2) * (part->kernels->wide + 2);
}

/* The padding up to the rows and columns that the tiles read. */
static struct pad2d padding_for(const struct conv2d *conv, const struct cut *down,
                                const struct cut *across, const struct winograd_tiling *tiling)
{
    struct pad2d pad = conv2d_padding(conv);
    if (!tiling->exact) {
        size_t height = tiling->side * down->tiles[0] + 2,
               width = tiling->side * across->tiles[0] + 2;
        bool beyond = conv2d_is_padded(conv) || height > conv->in_height || width > conv->in_width;
        pad.out_height = beyond ? height : conv->in_height;
        pad.out_width = beyond ? width : conv->in_width;
    }
    return pad;
}

static size_t depth_of(const struct winograd_layer *layer)
{
    return KERNELS_SLICES(layer->job.in_channels) * KERNELS_SLICE;
}

static size_t columns_of(const struct winograd_layer *layer)
{
    return KERNELS_SLICES(layer->job.out_channels) * KERNELS_SLICE;
}

static size_t packed_bytes(const struct winograd_part *part, const struct winograd_layer *layer)
{
    return positions_of(part) * depth_of(layer) * columns_of(layer) * part->kernels->spread_bytes;
}

/* Adds the rectangle of outputs of cut `down` [y] and cut `across` [x]. */
static void add_part(struct winograd_layer *layer, const struct cut *down, const struct cut *across,
                     size_t y, size_t x, const struct winograd_kernels *kernels)
{
    size_t apart = layer->job.pool ? 2 : 1;
    struct winograd_part *part = &layer->parts[layer->part_count++];
    *part = (struct winograd_part){
        .kernels = kernels,
        .tiles_high = down->tiles[y],
        .tiles_wide = across->tiles[x],
        .out_height = down->outputs[y] / apart,
        .out_width = across->outputs[x] / apart,
        .in_at = down->at[y] * layer->job.in_row + across->at[x] * layer->job.in_channels,
        .out_at = down->at[y] / apart * layer->job.out_row +
                  across->at[x] / apart * layer->job.out_channels,
        .packed_at = layer->packed_bytes,
    };
    size_t rows = at_least_one(ENOUGH_POSITIONS / positions_of(part) / part->tiles_wide);
    part->rows = rows < part->tiles_high ? rows : part->tiles_high;
    layer->packed_bytes += packed_bytes(part, layer);
}

void winograd_layer_init(struct winograd_layer *out, const struct conv2d *conv, bool relu,
                         bool pool, const struct winograd_tiling *tiling)
{
    struct cut down = cut_line(conv->out_height, pool, tiling);
    struct cut across = cut_line(conv->out_width, pool, tiling);
    struct pad2d pad = padding_for(conv, &down, &across, tiling);
    size_t apart = pool ? 2 : 1, out_row = conv->out_width / apart * conv->out_channels;
    *out = (struct winograd_layer){
        .job = {.in_channels = conv->in_channels,
                .out_channels = conv->out_channels,
                .in_row = pad.out_width * conv->in_channels,
                .out_row = out_row,
                .relu = relu,
                .pool = pool},
        .pad = pad,
        .padded = pad.out_height > conv->in_height || pad.out_width > conv->in_width,
        .in_elements = conv2d_in_elements(conv),
        .out_elements = conv->out_height / apart * out_row,
    };
    for (size_t i = 0; i < 4; i++)
        if (down.tiles[i / 2] > 0 && across.tiles[i % 2] > 0)
            add_part(out, &down, &across, i / 2, i % 2, tiling->parts[i / 2][i % 2]);
    const struct winograd_part *most = &out->parts[0];
    out->group =
        at_least_one(ENOUGH_POSITIONS / positions_of(most) / (most->tiles_high * most->tiles_wide));
}

size_t winograd_layer_packed_bytes(const struct winograd_layer *layer)
{
    return layer->packed_bytes;
}

void winograd_layer_pack_int8(void *packed, const int8_t *matrix, size_t out_channels,
                              const struct winograd_layer *layer, const struct kernels *kernels)
{
    for (size_t i = 0; i < layer->part_count; i++)
        kernels->winograd_pack_int8((unsigned char *)packed + layer->parts[i].packed_at, matrix,
                                    layer->job.in_channels, out_channels, layer->parts[i].kernels);
}

/* Rounded up to whole cache lines, so that what follows is aligned like the memory itself. */
static size_t padded_room_bytes(const struct winograd_layer *layer)
{
    size_t bytes =
        layer->group * pad2d_out_elements(&layer->pad) * layer->parts[0].kernels->element_bytes;
    return layer->padded ? (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES : 0;
}

static size_t spread_bytes(const struct winograd_part *part, const struct winograd_layer *layer)
{
    return positions_of(part) * layer->group * part->rows * part->tiles_wide * depth_of(layer) *
           part->kernels->spread_bytes;
}

static size_t sum_bytes(const struct winograd_part *part, const struct winograd_layer *layer)
{
    size_t columns = columns_of(layer), panel = part->kernels->panel;
    return positions_of(part) * layer->group * part->rows * part->tiles_wide *
           (columns < panel ? columns : panel) * part->kernels->sum_bytes;
}

size_t winograd_layer_scratch_bytes(const struct winograd_layer *layer)
{
    size_t most = 0;
    for (size_t i = 0; i < layer->part_count; i++) {
        const struct winograd_part *part = &layer->parts[i];
        size_t bytes = spread_bytes(part, layer) + sum_bytes(part, layer);
        most = bytes > most ? bytes : most;
    }
    return padded_room_bytes(layer) + most;
}

/* A group of pictures that is computed together. */
struct group {
    const struct winograd_layer *layer;
    const unsigned char *packed;
    unsigned char *room;
    size_t images, in_bytes, out_bytes; /* bytes from one picture to the next; inputs padded */
};

/* Computes some rows of tiles of one part of each picture; in, out: at the part's offset. */
static void forward_rows(unsigned char *out, const unsigned char *in,
                         const struct winograd_part *part, const struct group *group,
                         struct winograd *job)
{
    const struct winograd_kernels *kernels = part->kernels;
    void *spread = group->room, *sums = group->room + spread_bytes(part, group->layer);
    size_t image_tiles = job->tiles_high * job->tiles_wide;
    job->tiles = group->images * image_tiles;
    for (size_t i = 0; i < group->images; i++) {
        job->first = i * image_tiles;
        kernels->spread(spread, in + i * group->in_bytes, job);
    }
    for (size_t left = columns_of(group->layer), columns; left > 0; left -= columns) {
        columns = left < kernels->panel ? left : kernels->panel;
        job->column = columns_of(group->layer) - left;
        kernels->multiply(sums, spread, group->packed + part->packed_at, job);
        for (size_t i = 0; i < group->images; i++) {
            job->first = i * image_tiles;
            kernels->gather(out + i * group->out_bytes, sums, job);
        }
    }
}

static void forward_part(unsigned char *out, const unsigned char *in,
                         const struct winograd_part *part, const struct group *group)
{
    struct winograd job = group->layer->job;
    job.tiles_wide = part->tiles_wide;
    job.out_height = part->out_height;
    job.out_width = part->out_width;
    out += part->out_at * part->kernels->element_bytes;
    in += part->in_at * part->kernels->element_bytes;
    for (; job.row < part->tiles_high; job.row += part->rows) {
        size_t left = part->tiles_high - job.row;
        job.tiles_high = left < part->rows ? left : part->rows;
        forward_rows(out, in, part, group, &job);
    }
}

void winograd_layer_forward(void *out, const void *in, size_t images, const void *packed,
                            const struct winograd_layer *layer, void *scratch)
{
    size_t element_bytes = layer->parts[0].kernels->element_bytes;
    size_t in_bytes = layer->in_elements * element_bytes;
    struct group group = {.layer = layer,
                          .packed = packed,
                          .room = (unsigned char *)scratch + padded_room_bytes(layer),
                          .out_bytes = layer->out_elements * element_bytes};
    group.in_bytes = layer->padded ? pad2d_out_elements(&layer->pad) * element_bytes : in_bytes;
    for (size_t done = 0; done < images; done += group.images) {
        const unsigned char *from = (const unsigned char *)in + done * in_bytes;
        group.images = images - done < layer->group ? images - done : layer->group;
        if (layer->padded) {
            pad2d_elements(scratch, from, group.images, &layer->pad, element_bytes, 0);
            from = scratch;
        }
        for (size_t i = 0; i < layer->part_count; i++)
            forward_part((unsigned char *)out + done * group.out_bytes, from, &layer->parts[i],
                         &group);
    }
}
