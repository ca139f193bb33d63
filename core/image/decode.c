#include <digit/image.h>

#include <string.h>

#include "core/image/arena.h"
#include "core/image/bmp.h"
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

static enum digit_status check_size(const struct format *format,
                                    const struct image_measure *measure,
                                    const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    const size_t width = measure->width_px;
    const size_t height = measure->height_px;
    const size_t max_side = limits->max_side_px < DIGIT_IMAGE_SIDE_MAX_PX ? limits->max_side_px
                                                                          : DIGIT_IMAGE_SIDE_MAX_PX;

    if (width == 0 || height == 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: a picture of %zux%zu px", format->name,
                          width, height);
    if (width > max_side || height > max_side)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu px per side", format->name,
                          width, height, max_side);
    if (height > limits->max_pixels / width)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu pixels in total",
                          format->name, width, height, limits->max_pixels);
    return DIGIT_OK;
}

static enum digit_status check_cost(const struct format *format,
                                    const struct digit_image_probe *probe,
                                    const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    if (probe->memory_bytes > limits->max_decoder_bytes)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px that takes %llu bytes of memory to decode, "
                          "the limit is %llu bytes",
                          format->name, probe->width_px, probe->height_px,
                          (unsigned long long)probe->memory_bytes,
                          (unsigned long long)limits->max_decoder_bytes);
    if (probe->cost_us > limits->max_cost_us)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px that takes up to %llu microseconds to "
                          "decode, the limit is %llu microseconds",
                          format->name, probe->width_px, probe->height_px,
                          (unsigned long long)probe->cost_us,
                          (unsigned long long)limits->max_cost_us);
    return DIGIT_OK;
}

static struct digit_image_probe probe_of(const struct format *format,
                                         const struct image_measure *measure, size_t encoded_bytes)
{
    return (struct digit_image_probe){
        .format = format->id,
        .width_px = measure->width_px,
        .height_px = measure->height_px,
        .components = measure->components,
        .component_bits = measure->component_bits,
        .progressive = measure->progressive,
        .scans = measure->scan_count,
        .encoded_bytes = encoded_bytes,
        .cost_us = image_cost_us(format->id, measure),
        .memory_bytes = image_memory_bytes(measure),
    };
}

/* Measures a picture and checks it against the limits. */
static enum digit_status measure_picture(const struct format **format,
                                         struct image_measure *measure,
                                         struct digit_image_probe *probe, const uint8_t *bytes,
                                         size_t size_bytes, const struct digit_image_limits *limits,
                                         struct digit_error *error)
{
    *measure = (struct image_measure){.orientation = EXIF_UPRIGHT};
    *probe = (struct digit_image_probe){0};
    *format = find_format(bytes, size_bytes);
    if (*format == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "the picture of %zu bytes is neither png, jpeg nor bmp", size_bytes);

    enum digit_status status = (*format)->measure(measure, bytes, size_bytes, error);

    if (status == DIGIT_OK)
        status = check_size(*format, measure, limits, error);
    if (status != DIGIT_OK)
        return status;
    *probe = probe_of(*format, measure, size_bytes);
    return check_cost(*format, probe, limits, error);
}

enum digit_status digit_image_probe(struct digit_image_probe *out, const uint8_t *bytes,
                                    size_t size_bytes, const struct digit_image_limits *limits,
                                    struct digit_error *error)
{
    const struct format *format = NULL;
    struct image_measure measure;

    return measure_picture(&format, &measure, out, bytes, size_bytes, limits, error);
}

/* Decodes into upright luma. On an error nothing is owned any more. */
static enum digit_status read_raster(struct raster *out, const struct format *format,
                                     const struct image_measure *measure,
                                     struct reduction *reduction, const uint8_t *bytes,
                                     size_t size_bytes, struct digit_error *error)
{
    enum digit_status status = format->decode(reduction, measure, bytes, size_bytes, error);

    if (status == DIGIT_OK)
        status = reduction_finish(reduction, out, error);
    reduction_release(reduction);
    if (status != DIGIT_OK)
        return status;
    status = upright_apply(out, reduction->move, error);
    if (status != DIGIT_OK)
        arena_give(out->arena, out->luma);
    return status;
}

enum digit_status digit_image_decode(struct digit_image *out, const uint8_t *bytes,
                                     size_t size_bytes, const struct digit_image_limits *limits,
                                     struct digit_image_arena *arena, struct digit_error *error)
{
    const struct format *format = NULL;
    struct image_measure measure;
    struct digit_image_probe probe;
    struct raster raster;

    if (arena != NULL)
        arena->used_bytes = 0;
    *out = (struct digit_image){0};

    enum digit_status status =
        measure_picture(&format, &measure, &probe, bytes, size_bytes, limits, error);

    if (status != DIGIT_OK)
        return status;

    const struct upright_move move = upright_move_of(measure.orientation);
    const bool changes_sides = upright_changes_sides(move);
    struct reduction reduction = {.move = move, .arena = arena};

    status = read_raster(&raster, format, &measure, &reduction, bytes, size_bytes, error);
    if (status != DIGIT_OK)
        return status;
    *out = (struct digit_image){
        .luma = raster.luma,
        .width_px = changes_sides ? measure.height_px : measure.width_px,
        .height_px = changes_sides ? measure.width_px : measure.height_px,
        .block_px = reduction.block_px,
        .cost_us = probe.cost_us,
        .format = format->id,
        .rotation_deg = move.rotation_deg,
        .mirrored = move.mirrored,
        .arena = arena,
    };
    return DIGIT_OK;
}

void digit_image_release(struct digit_image *image)
{
    arena_give(image->arena, image->luma);
    *image = (struct digit_image){0};
}
