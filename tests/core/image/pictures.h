/*
 * The pictures of tests/fixtures/images and the pixels that make_images.py put into them.
 */
#ifndef TESTS_CORE_IMAGE_PICTURES_H
#define TESTS_CORE_IMAGE_PICTURES_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#define PICTURE_WIDTH_PX  13
#define PICTURE_HEIGHT_PX 11
#define PICTURE_PIXELS    (PICTURE_WIDTH_PX * PICTURE_HEIGHT_PX)

/* A fixture's bytes, in a block of exactly their size, so that a sanitizer detects reads beyond
 * it. */
struct picture {
    uint8_t *bytes;
    size_t size_bytes;
};

extern const struct digit_image_limits picture_limits;

/* Reads the fixture `name`, as "bmp-24.bmp"; the caller frees bytes. Fails the test if it cannot.
 */
struct picture picture_read(const char *name);

/* A copy of the first `size_bytes` of another picture, which the caller frees. */
struct picture picture_prefix(const struct picture *picture, size_t size_bytes);

/* Inserts a JPEG's EXIF segment with `orientation` at byte `at`; picture->bytes is reallocated. */
void picture_insert_exif(struct picture *picture, size_t at, uint8_t orientation);

/* Names of all fixtures that decode, NULL-terminated. */
extern const char *const picture_names[];

/* The generator's rule: sample `channel` of pixel (x, y), `depth` bits. */
unsigned picture_sample(unsigned x, unsigned y, unsigned channel, unsigned depth);

/* Red, green and blue of colour `index` of every palette. */
void picture_palette_colour(double rgb[3], unsigned index);

/* BT.601 luma in floating point, rounded half up. */
double picture_luma(const double rgb[3]);

/* Decodes, fails the test on an error and compares every pixel with expected[], within tolerance.
 */
void picture_assert_decodes_to(const char *name, const uint8_t *expected, size_t width_px,
                               size_t height_px, int tolerance);

/* Fails the test unless decoding ends in `status` with a message that contains `words`. */
void picture_assert_fails(const struct picture *picture, enum digit_status status,
                          const char *words);

#endif
