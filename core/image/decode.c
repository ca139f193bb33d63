#include <digit/image.h>

#include <string.h>

#include "core/image/arena.h"
#include "core/image/bmp.h"
#include "core/image/colour.h"
#include "core/image/cost.h"
#include "core/image/exif.h"
#include "core/image/jpeg.h"
#include "core/image/measure.h"
#include "core/image/png.h"
#include "core/image/raster.h"
#include "core/image/reduction.h"
#include "core/image/stb.h"
#include "core/image/upright.h"

/*
 * A picture's format is found by its first bytes. The picture is then measured (is it complete, how large is
 * it, what will it cost; nothing is allocated), checked against the limits, and only then decoded.
 */
struct format {
    enum digit_image_format id;
    const char *name;
    const char *magic;
    size_t magic_bytes;
    enum digit_status (*measure)(struct image_measure *out, const uint8_t *bytes, size_t size_bytes,
                                 struct digit_error *error);
    enum digit_status (*decode)(struct reduction *reduction, const struct image_measure *measure,
                                const uint8_t *bytes, size_t size_bytes, struct digit_error *error);
};

static const struct format formats[] = {
    {DIGIT_IMAGE_PNG, "png", "\x89PNG\r\n\x1a\n", 8, image_png_measure, image_png_decode},
    {DIGIT_IMAGE_JPEG, "jpeg", "\xff\xd8\xff", 3, image_jpeg_measure, image_jpeg_decode},
    {DIGIT_IMAGE_BMP, "bmp", "BM", 2, image_bmp_measure, image_bmp_decode},
};

static const struct format *find_format(const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (size_bytes >= formats[i].magic_bytes &&
            memcmp(bytes, formats[i].magic, formats[i].magic_bytes) == 0)
            return &formats[i];
    return NULL;
}

/* A picture's bytes, and what was measured of them. */
struct source {
    const uint8_t *bytes;
    size_t size_bytes;
    const struct format *format;
    struct image_measure measure;
    struct digit_image_probe probe;
};

static enum digit_status check_size(const struct source *source,
                                    const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    const char *name = source->format->name;
    const size_t width = source->measure.width_px;
    const size_t height = source->measure.height_px;
    const size_t max_side = limits->max_side_px < DIGIT_IMAGE_SIDE_MAX_PX ? limits->max_side_px
                                                                          : DIGIT_IMAGE_SIDE_MAX_PX;

    if (width == 0 || height == 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: a picture of %zux%zu px", name, width,
                          height);
    if (width > max_side || height > max_side)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu px per side", name, width,
                          height, max_side);
    if (height > limits->max_pixels / width)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu pixels in total", name,
                          width, height, limits->max_pixels);
    return DIGIT_OK;
}

static enum digit_status check_cost(const struct source *source, bool colour,
                                    const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    const struct digit_image_probe *probe = &source->probe;
    const uint64_t memory_bytes = colour ? probe->colour_memory_bytes : probe->memory_bytes;
    const uint64_t cost_us = colour ? probe->colour_cost_us : probe->cost_us;

    if (memory_bytes > limits->max_decoder_bytes)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px that takes %llu bytes of memory to decode, "
                          "the limit is %llu bytes",
                          source->format->name, probe->width_px, probe->height_px,
                          (unsigned long long)memory_bytes,
                          (unsigned long long)limits->max_decoder_bytes);
    if (cost_us > limits->max_cost_us)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px that takes up to %llu microseconds to "
                          "decode, the limit is %llu microseconds",
                          source->format->name, probe->width_px, probe->height_px,
                          (unsigned long long)cost_us, (unsigned long long)limits->max_cost_us);
    return DIGIT_OK;
}

static struct digit_image_probe probe_of(const struct source *source)
{
    const struct image_measure *measure = &source->measure;
    const enum digit_image_format format = source->format->id;

    return (struct digit_image_probe){
        .format = format,
        .width_px = measure->width_px,
        .height_px = measure->height_px,
        .components = measure->components,
        .component_bits = measure->component_bits,
        .progressive = measure->progressive,
        .scans = measure->scan_count,
        .encoded_bytes = source->size_bytes,
        .cost_us = image_cost_us(format, measure, false),
        .memory_bytes = image_memory_bytes(measure, false),
        .colour_cost_us = image_cost_us(format, measure, true),
        .colour_memory_bytes = image_memory_bytes(measure, true),
    };
}

/* Measures a picture and checks what decoding it for luma or for colour takes against the limits. */
static enum digit_status measure_source(struct source *out, const uint8_t *bytes, size_t size_bytes,
                                        bool colour, const struct digit_image_limits *limits,
                                        struct digit_error *error)
{
    *out = (struct source){.bytes = bytes,
                           .size_bytes = size_bytes,
                           .format = find_format(bytes, size_bytes),
                           .measure = {.orientation = EXIF_UPRIGHT}};
    if (out->format == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "the picture of %zu bytes is neither png, jpeg nor bmp", size_bytes);

    enum digit_status status = out->format->measure(&out->measure, bytes, size_bytes, error);

    if (status == DIGIT_OK)
        status = check_size(out, limits, error);
    if (status != DIGIT_OK)
        return status;
    out->probe = probe_of(out);
    return check_cost(out, colour, limits, error);
}

enum digit_status digit_image_probe(struct digit_image_probe *out, const uint8_t *bytes,
                                    size_t size_bytes, const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    struct source source;
    const enum digit_status status =
        measure_source(&source, bytes, size_bytes, false, limits, error);

    *out = source.probe;
    return status;
}

static struct digit_image describe(const struct source *source, const struct reduction *reduction)
{
    const bool changes_sides = upright_changes_sides(reduction->move);
    const struct image_measure *measure = &source->measure;
    const bool is_colour = reduction->kind == REDUCTION_COLOUR;

    return (struct digit_image){
        .width_px = changes_sides ? measure->height_px : measure->width_px,
        .height_px = changes_sides ? measure->width_px : measure->height_px,
        .block_px = reduction->block_px,
        .cost_us = is_colour ? source->probe.colour_cost_us : source->probe.cost_us,
        .colour_cost_us = source->probe.colour_cost_us,
        .format = source->format->id,
        .has_colour = reduction->has_colour,
        .rotation_deg = reduction->move.rotation_deg,
        .mirrored = reduction->move.mirrored,
        .arena = reduction->arena,
    };
}

/* Makes one byte a pixel of what was decoded. */
static enum digit_status finish(struct digit_image *out, struct reduction *reduction,
                                const struct source *source, struct digit_error *error)
{
    struct colour_projection projection = {.is_projected = false};
    enum digit_status status = DIGIT_OK;

    reduction_end(reduction);
    if (reduction->kind == REDUCTION_COLOUR)
        status = colour_project(&projection, reduction, source->measure.component_bits > 8, error);
    if (status != DIGIT_OK)
        return status;
    out->stretched = projection.is_stretched;
    if (!projection.is_projected)
        out->stretched = reduction_make_luma(reduction) || out->stretched;
    memcpy(out->colour_axis, projection.axis, sizeof out->colour_axis);
    out->colour_contrast = projection.contrast;
    return DIGIT_OK;
}

static enum digit_status decode_source(struct digit_image *out, const struct source *source,
                                       struct reduction *reduction, struct digit_error *error)
{
    enum digit_status status = source->format->decode(reduction, &source->measure, source->bytes,
                                                      source->size_bytes, error);

    if (status != DIGIT_OK)
        return status;
    *out = describe(source, reduction);
    return finish(out, reduction, source, error);
}

/* The luma, upright. The reduction is released before memory is taken for turning it. */
static enum digit_status turn(struct digit_image *out, struct reduction *reduction,
                              struct digit_error *error)
{
    struct raster raster = reduction_take(reduction);

    reduction_release(reduction);

    const enum digit_status status = upright_apply(&raster, reduction->move, error);

    if (status != DIGIT_OK)
        arena_give(raster.arena, raster.luma);
    else
        out->luma = raster.luma;
    return status;
}

static enum digit_status decode(struct digit_image *out, const uint8_t *bytes, size_t size_bytes,
                                bool colour, const struct digit_image_limits *limits,
                                struct digit_image_arena *arena, struct digit_error *error)
{
    struct source source;
    struct digit_image image = {.luma = NULL};

    if (arena != NULL)
        arena->used_bytes = 0;
    *out = (struct digit_image){.luma = NULL};

    enum digit_status status = measure_source(&source, bytes, size_bytes, colour, limits, error);

    if (status != DIGIT_OK)
        return status;

    struct reduction reduction = {.kind = reduction_kind_of(source.measure.component_bits, colour),
                                  .move = upright_move_of(source.measure.orientation),
                                  .arena = arena,
                                  .any_order = source.measure.any_order};

    status = decode_source(&image, &source, &reduction, error);
    if (status == DIGIT_OK)
        status = turn(&image, &reduction, error);
    else
        reduction_release(&reduction);
    if (status == DIGIT_OK)
        *out = image;
    return status;
}

enum digit_status digit_image_decode(struct digit_image *out, const uint8_t *bytes,
                                     size_t size_bytes, const struct digit_image_limits *limits,
                                     struct digit_image_arena *arena, struct digit_error *error)
{
    return decode(out, bytes, size_bytes, false, limits, arena, error);
}

enum digit_status digit_image_decode_by_colour(struct digit_image *out, const uint8_t *bytes,
                                               size_t size_bytes,
                                               const struct digit_image_limits *limits,
                                               struct digit_image_arena *arena,
                                               struct digit_error *error)
{
    return decode(out, bytes, size_bytes, true, limits, arena, error);
}

void digit_image_release(struct digit_image *image)
{
    arena_give(image->arena, image->luma);
    *image = (struct digit_image){0};
}
