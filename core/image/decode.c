#include <digit/image.h>

#include <string.h>

#include "core/image/arena.h"
#include "core/image/bmp.h"
#include "core/image/exif.h"
#include "core/image/jpeg.h"
#include "core/image/png.h"
#include "core/image/raster.h"
#include "core/image/stb.h"
#include "core/image/upright.h"

/*
 * A picture's format is found by its first bytes. The picture is then measured (is it complete, how large is
 * it; nothing is allocated), checked against the limits, and only then decoded.
 */
struct format {
    enum digit_image_format id;
    const char *name;
    const char *magic;
    size_t magic_bytes;
    enum digit_status (*measure)(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
                                 struct digit_error *error);
    enum digit_status (*decode)(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
                                struct digit_error *error);
};

static const struct format formats[] = {
    {DIGIT_IMAGE_PNG, "png", "\x89PNG\r\n\x1a\n", 8, image_png_measure, image_png_decode},
    {DIGIT_IMAGE_JPEG, "jpeg", "\xff\xd8\xff", 3, image_jpeg_measure, image_stb_decode},
    {DIGIT_IMAGE_BMP, "bmp", "BM", 2, image_bmp_measure, image_stb_decode},
};

static const struct format *find_format(const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (size_bytes >= formats[i].magic_bytes &&
            memcmp(bytes, formats[i].magic, formats[i].magic_bytes) == 0)
            return &formats[i];
    return NULL;
}

static enum digit_status check_limits(const struct format *format, const struct raster *raster,
                                      const struct digit_image_limits *limits,
                                      struct digit_error *error)
{
    const size_t width = raster->width_px;
    const size_t height = raster->height_px;

    if (width == 0 || height == 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: a picture of %zux%zu px", format->name,
                          width, height);
    if (width > limits->max_side_px || height > limits->max_side_px)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu px per side", format->name,
                          width, height, limits->max_side_px);
    if (height > limits->max_pixels / width)
        return digit_fail(error, DIGIT_LIMIT,
                          "%s: a picture of %zux%zu px, the limit is %zu pixels in total",
                          format->name, width, height, limits->max_pixels);
    return DIGIT_OK;
}

static enum digit_status read_raster(struct raster *raster, const struct format *format,
                                     const uint8_t *bytes, size_t size_bytes,
                                     const struct digit_image_limits *limits,
                                     struct digit_error *error)
{
    enum digit_status status = format->measure(raster, bytes, size_bytes, error);

    if (status == DIGIT_OK)
        status = check_limits(format, raster, limits, error);
    if (status == DIGIT_OK)
        status = format->decode(raster, bytes, size_bytes, error);
    return status;
}

/* Converts the samples to luma and applies the orientation. On an error nothing is owned any more. */
static enum digit_status finish_raster(struct raster *raster, struct upright_move move,
                                       struct digit_error *error)
{
    raster_to_luma(raster);

    const enum digit_status status = upright_apply(raster, move, error);

    if (status != DIGIT_OK)
        arena_give(raster->arena, raster->samples);
    return status;
}

enum digit_status digit_image_decode(struct digit_image *out, const uint8_t *bytes,
                                     size_t size_bytes, const struct digit_image_limits *limits,
                                     struct digit_image_arena *arena, struct digit_error *error)
{
    const struct format *format = find_format(bytes, size_bytes);
    struct raster raster = {.orientation = EXIF_UPRIGHT, .arena = arena};

    if (arena != NULL)
        arena->used_bytes = 0;
    *out = (struct digit_image){0};
    if (format == NULL)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "the picture of %zu bytes is neither png, jpeg nor bmp", size_bytes);

    enum digit_status status = read_raster(&raster, format, bytes, size_bytes, limits, error);

    if (status != DIGIT_OK)
        return status;

    const struct upright_move move = upright_move_of(raster.orientation);

    status = finish_raster(&raster, move, error);
    if (status != DIGIT_OK)
        return status;
    *out = (struct digit_image){.luma = raster.samples,
                                .width_px = raster.width_px,
                                .height_px = raster.height_px,
                                .format = format->id,
                                .rotation_deg = move.rotation_deg,
                                .mirrored = move.mirrored,
                                .arena = arena};
    return DIGIT_OK;
}

void digit_image_release(struct digit_image *image)
{
    arena_give(image->arena, image->luma);
    *image = (struct digit_image){0};
}
