/*
 * Pictures: both decodings, for luma and by colour. Whatever the bytes are, they are refused with an error or become
 * a picture whose size, luma and cost agree, and whose windows can be cut out.
 */
#include <stdbool.h>
#include <stdlib.h>

#include <digit/image.h>

#include "core/preprocess/reduce.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define MAX_BYTES ((size_t)1 << 20)

/* Sides by which luma is reduced up to 4 times, and colours up to 16 times. */
static const struct digit_image_limits limits = {.max_side_px = 7800,
                                                 .max_pixels = 300 * 300,
                                                 .max_decoder_bytes = 2u << 20,
                                                 .max_cost_us = 100000};

typedef enum digit_status decoding(struct digit_image *out, const uint8_t *bytes, size_t size_bytes,
                                   const struct digit_image_limits *limits,
                                   struct digit_image_arena *arena, struct digit_error *error);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* Cuts out the lower right quarter. */
static void check_window(const struct digit_image *image)
{
    static uint8_t pixels[PLANE_PIXELS_MAX];
    struct plane plane = {.pixels = pixels};
    const struct digit_box window = {image->width_px / 2, image->height_px / 2,
                                     image->width_px - image->width_px / 2,
                                     image->height_px - image->height_px / 2};
    const size_t factor = reduce_window(&plane, image, &window);

    check(factor % image->block_px == 0);
    check(plane.width_px >= 1 && plane.width_px <= PLANE_SIDE_MAX_PX);
    check(plane.height_px >= 1 && plane.height_px <= PLANE_SIDE_MAX_PX);
}

/* Reads every pixel, so that a sanitizer sees those that were never written. */
static void check_luma(const struct digit_image *image)
{
    const size_t width = divide_up(image->width_px, image->block_px);
    const size_t height = divide_up(image->height_px, image->block_px);
    unsigned highest = 0;

    check(width <= DIGIT_LUMA_SIDE_MAX_PX && height <= DIGIT_LUMA_SIDE_MAX_PX);
    for (size_t i = 0; i < width * height; i++)
        highest = image->luma[i] > highest ? image->luma[i] : highest;
    check(highest <= 255);
    check_window(image);
}

static enum digit_status decode(decoding *decode_picture, const uint8_t *bytes, size_t size,
                                uint64_t cost_us)
{
    static uint8_t arena_bytes[DIGIT_IMAGE_ARENA_BYTES];
    struct digit_image_arena arena = {.bytes = arena_bytes, .size_bytes = sizeof arena_bytes};
    struct digit_error error = {.status = DIGIT_OK};
    struct digit_image image;
    const enum digit_status status = decode_picture(&image, bytes, size, &limits, &arena, &error);

    if (status == DIGIT_OK) {
        check(image.cost_us == cost_us);
        check_luma(&image);
    } else {
        check(error.message[0] != '\0' && image.luma == NULL);
    }
    digit_image_release(&image);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct digit_image_probe probe = {.cost_us = 0};
    struct digit_error error;

    if (size < 1 || size > MAX_BYTES)
        return -1; /* not for the corpus */

    const enum digit_status probed = digit_image_probe(&probe, bytes, size, &limits, &error);
    const enum digit_status status = decode(digit_image_decode, bytes, size, probe.cost_us);
    const enum digit_status by_colour =
        decode(digit_image_decode_by_colour, bytes, size, probe.colour_cost_us);

    check(probed == DIGIT_OK || status == probed);
    /* Only what they cost may tell them apart. */
    check(status == by_colour || status == DIGIT_LIMIT || by_colour == DIGIT_LIMIT);
    return 0;
}
