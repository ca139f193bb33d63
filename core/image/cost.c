#include "core/image/cost.h"

#include "core/image/colour.h"
#include "core/image/exif.h"
#include "core/image/reduction.h"

#define PICOSECONDS_PER_MICROSECOND 1000000

/*
 * Picoseconds for each of what was measured.
 *
 * They were fitted to digit_image_decode and the usual steps of preprocessing of the pictures of tests/e2e/test_costly_pictures.py
 * and of photos of 12 megapixels: CPU time of the thread, the shortest of four runs, on two cores of an Intel Xeon
 * with AVX-512, Debian 12, gcc 12.2, preset `release`, zlib 1.2.13, libjpeg-turbo 2.1.5. Rows of PNG had Paeth's
 * filter, the slowest. Estimates are between 0.7 and 3 times what was measured, with two exceptions: a flood of deflate
 * blocks without data takes up to 75 ns a byte, and pictures that turn out to be damaged take less.
 */
struct cost {
    uint64_t picture;
    uint64_t coded_byte;
    uint64_t pixel;
    uint64_t inflated_byte;
    uint64_t block;
    uint64_t colour_pixel; /* what a pixel costs more by colour */
};

static const struct cost png_cost = {8000000, 12000, 3500, 3000, 0, 1500};
static const struct cost bmp_cost = {5000000, 0, 10000, 0, 0, 1500};
#ifndef DIGITD_JPEG_STB
static const struct cost jpeg_cost = {15000000, 13000, 500, 0, 25000, 500};
/* Also that of a sequential JPEG with several scans: coefficients are kept until the last one. */
static const struct cost progressive_cost = {20000000, 30000, 500, 0, 75000, 500};
#else
static const struct cost jpeg_cost = {10000000, 20000, 4000, 0, 100000, 5000};
static const struct cost progressive_cost = {15000000, 30000, 5000, 0, 65000, 5000};
#endif

/* Of whatever format: a pixel of the luma, and one of those that preprocessing makes of it. */
#define LUMA_PS  1500
#define PLANE_PS 15000

/* By colour: the search of the axis looks at a limited number of pairs, and the projection at all pixels of the plane. */
#define AXIS_PS       1500000000
#define PROJECTION_PS 15000

static const struct cost *cost_of(enum digit_image_format format,
                                  const struct image_measure *measure)
{
    if (format == DIGIT_IMAGE_PNG)
        return &png_cost;
    if (format == DIGIT_IMAGE_BMP)
        return &bmp_cost;
    return measure->scan_count > 1 ? &progressive_cost : &jpeg_cost;
}

/* Decoding luma, or colours, and preprocessing what became of them. Pictures by colour are as large as the planes on
 * which preprocessing works. */
static uint64_t pixels_ps(const struct cost *cost, const struct image_measure *measure, bool colour)
{
    const size_t width = measure->width_px;
    const size_t height = measure->height_px;
    const enum reduction_kind kind = reduction_kind_of(measure->component_bits, colour);
    const uint64_t pixels = (uint64_t)width * height;
    const uint64_t plane = reduction_pixels(REDUCTION_COLOUR, width, height);
    const uint64_t luma = LUMA_PS * reduction_pixels(kind, width, height) + PLANE_PS * plane;

    return cost->pixel * pixels + luma +
           (colour ? AXIS_PS + PROJECTION_PS * plane + cost->colour_pixel * pixels : 0);
}

uint64_t image_cost_us(enum digit_image_format format, const struct image_measure *measure,
                       bool colour)
{
    const struct cost *cost = cost_of(format, measure);
    const uint64_t sum_ps = cost->picture + cost->coded_byte * measure->coded_bytes +
                            cost->inflated_byte * measure->inflated_bytes +
                            cost->block * measure->blocks + pixels_ps(cost, measure, colour);

    return sum_ps / PICOSECONDS_PER_MICROSECOND + 1;
}

uint64_t image_memory_bytes(const struct image_measure *measure, bool colour)
{
    const size_t width = measure->width_px;
    const size_t height = measure->height_px;
    const enum reduction_kind kind = reduction_kind_of(measure->component_bits, colour);
    const uint64_t decoding =
        (colour ? measure->colour_decoder_bytes : measure->decoder_bytes) +
        reduction_bytes(kind, width, height, measure->may_have_alpha, measure->any_order) +
        (colour ? COLOUR_SCRATCH_BYTES : 0);
    const uint64_t luma = reduction_pixels(kind, width, height);
    const uint64_t turning =
        measure->orientation > EXIF_UPRIGHT ? luma * (kind == REDUCTION_LUMA ? 2 : 3) : 0;

    return decoding > turning ? decoding : turning;
}
