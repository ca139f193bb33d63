#include "tests/core/image/pictures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURE_BYTES_MAX 8192

const struct digit_image_limits picture_limits = {
    .max_side_px = 64, .max_pixels = 4096, .max_decoder_bytes = 1 << 20, .max_cost_us = 100000};

const char *const picture_names[] = {
    "bmp-1.bmp",
    "bmp-4.bmp",
    "bmp-8.bmp",
    "bmp-16.bmp",
    "bmp-24.bmp",
    "bmp-24-top-down.bmp",
    "bmp-32.bmp",
    "jpeg-cmyk.jpg",
    "jpeg-grey.jpg",
    "jpeg-grey-restarts.jpg",
    "jpeg-rgb.jpg",
    "jpeg-rgb-adobe.jpg",
    "jpeg-rgb-by-name.jpg",
    "jpeg-rgb-progressive.jpg",
    "jpeg-rgb-subsampled.jpg",
    "jpeg-rgb-turned.jpg",
    "jpeg-ycck.jpg",
    "png-exif-last.png",
    "png-grey-1.png",
    "png-grey-16-interlaced.png",
    "png-grey-alpha-8.png",
    "png-palette-4-transparent.png",
    "png-rgb-8-interlaced.png",
    "png-rgba-16.png",
    NULL,
};

struct picture picture_read(const char *name)
{
    uint8_t bytes[FIXTURE_BYTES_MAX];
    char path[512];

    snprintf(path, sizeof path, "%s/tests/fixtures/images/%s", SOURCE_DIR, name);

    FILE *file = fopen(path, "rb");

    assert_non_null(file);

    const struct picture whole = {bytes, fread(bytes, 1, sizeof bytes, file)};

    fclose(file);
    assert_in_range(whole.size_bytes, 1, sizeof bytes - 1);
    return picture_prefix(&whole, whole.size_bytes);
}

struct picture picture_prefix(const struct picture *picture, size_t size_bytes)
{
    struct picture prefix = {malloc(size_bytes > 0 ? size_bytes : 1), size_bytes};

    assert_non_null(prefix.bytes);
    memcpy(prefix.bytes, picture->bytes, size_bytes);
    return prefix;
}

void picture_insert_exif(struct picture *picture, size_t at, uint8_t orientation)
{
    const uint8_t segment[] = {0xff, 0xe1, 0, 34, 'E', 'x',         'i', 'f', 0,    0,    'M', 'M',
                               0,    42,   0, 0,  0,   8,           0,   1,   0x01, 0x12, 0,   3,
                               0,    0,    0, 1,  0,   orientation, 0,   0,   0,    0,    0,   0};

    picture->bytes = realloc(picture->bytes, picture->size_bytes + sizeof segment);
    assert_non_null(picture->bytes);
    memmove(picture->bytes + at + sizeof segment, picture->bytes + at, picture->size_bytes - at);
    memcpy(picture->bytes + at, segment, sizeof segment);
    picture->size_bytes += sizeof segment;
}

unsigned picture_sample(unsigned x, unsigned y, unsigned channel, unsigned depth)
{
    return (uint32_t)((37 * x + 59 * y + 83 * channel) * 2654435761u) >> (32 - depth);
}

void picture_palette_colour(double rgb[3], unsigned index)
{
    for (unsigned channel = 0; channel < 3; channel++)
        rgb[channel] = picture_sample(index, 100, channel, 8);
}

double picture_luma(const double rgb[3])
{
    return floor((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000 + 0.5);
}

void picture_assert_decodes_to(const char *name, const uint8_t *expected, size_t width_px,
                               size_t height_px, int tolerance)
{
    struct picture picture = picture_read(name);
    struct digit_image image;
    struct digit_error error;

    if (digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL,
                           &error) != DIGIT_OK)
        fail_msg("%s: %s", name, error.message);
    assert_int_equal(image.width_px, width_px);
    assert_int_equal(image.height_px, height_px);
    for (size_t i = 0; i < width_px * height_px; i++)
        if (abs(image.luma[i] - expected[i]) > tolerance)
            fail_msg("%s: pixel (%zu, %zu) is %d, not %d", name, i % width_px, i / width_px,
                     image.luma[i], expected[i]);
    digit_image_release(&image);
    free(picture.bytes);
}

void picture_assert_fails(const struct picture *picture, enum digit_status status,
                          const char *words)
{
    struct digit_image image;
    struct digit_error error = {0};

    assert_int_equal(digit_image_decode(&image, picture->bytes, picture->size_bytes,
                                        &picture_limits, NULL, &error),
                     status);
    assert_int_equal(error.status, status);
    if (strstr(error.message, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
    assert_null(image.luma);
}
