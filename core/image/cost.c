#include "core/image/cost.h"

#include "core/image/reduction.h"

#define PICOSECONDS_PER_MICROSECOND 1000000

/*
 * Picoseconds for each of what was measured.
 *
 * They were fitted to digit_image_decode and digit_preprocess of the pictures of tests/e2e/test_costly_pictures.py
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
    uint64_t luma; /* a pixel of the reduced luma: preprocessing */
};

static const struct cost png_cost = {8000000, 12000, 3500, 3000, 0, 15000};
static const struct cost bmp_cost = {5000000, 0, 10000, 0, 0, 15000};
#ifndef DIGITD_JPEG_STB
static const struct cost jpeg_cost = {15000000, 13000, 500, 0, 25000, 15000};
/* Also that of a sequential JPEG with several scans: coefficients are kept until the last one. */
static const struct cost progressive_cost = {20000000, 30000, 500, 0, 75000, 15000};
#else
static const struct cost jpeg_cost = {10000000, 20000, 4000, 0, 100000, 15000};
static const struct cost progressive_cost = {15000000, 30000, 5000, 0, 65000, 15000};
#endif

static const struct cost *cost_of(enum digit_image_format format,
                                  const struct image_measure *measure)
{
    if (format == DIGIT_IMAGE_PNG)
        return &png_cost;
    if (format == DIGIT_IMAGE_BMP)
        return &bmp_cost;
    return measure->scan_count > 1 ? &progressive_cost : &jpeg_cost;
}

static uint64_t luma_pixels(const struct image_measure *measure)
{
    return reduction_bytes(measure->width_px, measure->height_px, false) / (1 + sizeof(uint32_t));
}

uint64_t image_cost_us(enum digit_image_format format, const struct image_measure *measure)
{
    const struct cost *cost = cost_of(format, measure);
    const uint64_t pixels = (uint64_t)measure->width_px * measure->height_px;
    const uint64_t sum_ps = cost->picture + cost->coded_byte * measure->coded_bytes +
                            cost->pixel * pixels + cost->inflated_byte * measure->inflated_bytes +
                            cost->block * measure->blocks + cost->luma * luma_pixels(measure);

    return sum_ps / PICOSECONDS_PER_MICROSECOND + 1;
}

uint64_t image_memory_bytes(const struct image_measure *measure)
{
    return measure->decoder_bytes + luma_pixels(measure) +
           reduction_bytes(measure->width_px, measure->height_px, true);
}
