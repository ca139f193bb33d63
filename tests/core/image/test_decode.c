#include <stdlib.h>
#include <string.h>

#include "tests/core/image/pictures.h"

#include "tests/test.h"

#define GARBAGE_BYTES 100

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Number of allocations before one fails; negative: none fails. */
static int allocations_left = -1;

static bool is_refused(void)
{
    if (allocations_left < 0)
        return false;
    return allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

static void assert_format(const char *name, enum digit_image_format format)
{
    const struct picture picture = picture_read(name);
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    assert_int_equal(image.format, format);
    digit_image_release(&image);
    assert_null(image.luma);
    digit_image_release(&image);
    free(picture.bytes);
}

TEST(decode_tells_the_format_by_the_bytes)
{
    assert_format("png-grey-8.png", DIGIT_IMAGE_PNG);
    assert_format("jpeg-grey.jpg", DIGIT_IMAGE_JPEG);
    assert_format("bmp-8.bmp", DIGIT_IMAGE_BMP);
}

TEST(decode_refuses_other_formats)
{
    static const char *const others[] = {"",    "B", "GIF89a", "\x89PNG\r\n\x1a", "P5 1 1 255 x",
                                         "<svg"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct picture text = {(uint8_t *)(uintptr_t)others[i], strlen(others[i])};

        picture_assert_fails(&text, DIGIT_UNSUPPORTED, "neither png, jpeg nor bmp");
    }
}

/* Without the last byte of its magic number the format is unknown; from there on the picture is
 * truncated. */
static void assert_prefix_fails(const struct picture *picture, size_t size_bytes)
{
    const struct picture prefix = picture_prefix(picture, size_bytes);
    struct digit_image image;
    struct digit_error error;
    const enum digit_status status =
        digit_image_decode(&image, prefix.bytes, prefix.size_bytes, &picture_limits, NULL, &error);

    if (status != DIGIT_MALFORMED && status != DIGIT_UNSUPPORTED)
        fail_msg("%zu bytes of %zu: status %d", size_bytes, picture->size_bytes, status);
    assert_true(size_bytes < 8 || status == DIGIT_MALFORMED);
    assert_null(image.luma);
    free(prefix.bytes);
}

TEST(decode_refuses_every_picture_cut_anywhere)
{
    for (const char *const *name = picture_names; *name != NULL; name++) {
        const struct picture picture = picture_read(*name);

        for (size_t size_bytes = 0; size_bytes < picture.size_bytes; size_bytes++)
            assert_prefix_fails(&picture, size_bytes);
        free(picture.bytes);
    }
}

TEST(decode_does_not_mind_garbage_behind_a_picture)
{
    for (const char *const *name = picture_names; *name != NULL; name++) {
        const struct picture picture = picture_read(*name);
        uint8_t *bytes = malloc(picture.size_bytes + GARBAGE_BYTES);
        struct digit_image image;

        assert_non_null(bytes);
        memcpy(bytes, picture.bytes, picture.size_bytes);
        memset(bytes + picture.size_bytes, 0xff, GARBAGE_BYTES);
        assert_int_equal(digit_image_decode(&image, bytes, picture.size_bytes + GARBAGE_BYTES,
                                            &picture_limits, NULL, NULL),
                         DIGIT_OK);
        digit_image_release(&image);
        free(bytes);
        free(picture.bytes);
    }
}

static void assert_limits(const char *name, size_t max_side_px, size_t max_pixels,
                          enum digit_status status, const char *words)
{
    const struct picture picture = picture_read(name);
    const struct digit_image_limits limits = {max_side_px, max_pixels, UINT64_MAX, UINT64_MAX};
    struct digit_image image;
    struct digit_error error = {0};

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &limits, NULL, &error),
        status);
    assert_non_null(strstr(error.message, words));
    digit_image_release(&image);
    free(picture.bytes);
}

TEST(decode_holds_every_format_to_the_limits)
{
    static const char *const names[] = {"png-rgb-16.png", "bmp-1.bmp", "bmp-24-top-down.bmp"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_limits(names[i], 13, 143, DIGIT_OK, "");
        assert_limits(names[i], 12, 143, DIGIT_LIMIT,
                      "a picture of 13x11 px, the limit is 12 px per side");
        assert_limits(names[i], 13, 142, DIGIT_LIMIT, "13x11 px, the limit is 142 pixels in total");
    }
    assert_limits("jpeg-rgb-progressive.jpg", 24, 480, DIGIT_OK, "");
    assert_limits("jpeg-rgb-progressive.jpg", 23, 480, DIGIT_LIMIT,
                  "24x20 px, the limit is 23 px per side");
    assert_limits("jpeg-rgb-progressive.jpg", 24, 479, DIGIT_LIMIT,
                  "the limit is 479 pixels in total");
}

/* Every allocation would fail, and none is tried. */
TEST(probe_allocates_nothing_and_agrees_with_decode)
{
    for (const char *const *name = picture_names; *name != NULL; name++) {
        const struct picture picture = picture_read(*name);
        struct digit_image_probe probe;
        struct digit_image image;

        allocations_left = 0;

        const enum digit_status status =
            digit_image_probe(&probe, picture.bytes, picture.size_bytes, &picture_limits, NULL);

        assert_int_equal(allocations_left, 0);
        allocations_left = -1;
        assert_int_equal(status, DIGIT_OK);
        assert_int_equal(digit_image_decode(&image, picture.bytes, picture.size_bytes,
                                            &picture_limits, NULL, NULL),
                         DIGIT_OK);
        assert_int_equal(image.format, probe.format);
        assert_int_equal(image.width_px * image.height_px, probe.width_px * probe.height_px);
        assert_true(image.cost_us == probe.cost_us);
        assert_int_equal(image.block_px, 1);
        digit_image_release(&image);
        free(picture.bytes);
    }
}

static enum digit_status decode_within(const char *name, uint64_t max_decoder_bytes,
                                       uint64_t max_cost_us, struct digit_error *error)
{
    const struct picture picture = picture_read(name);
    const struct digit_image_limits limits = {64, 4096, max_decoder_bytes, max_cost_us};
    struct digit_image image;
    const enum digit_status status =
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &limits, NULL, error);

    digit_image_release(&image);
    free(picture.bytes);
    return status;
}

TEST(decode_holds_every_format_to_the_limits_of_cost)
{
    static const char *const names[] = {"png-rgb-16.png", "bmp-1.bmp", "jpeg-rgb-progressive.jpg"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct picture picture = picture_read(names[i]);
        struct digit_image_probe probe;
        struct digit_error error = {0};

        assert_int_equal(
            digit_image_probe(&probe, picture.bytes, picture.size_bytes, &picture_limits, NULL),
            DIGIT_OK);
        assert_int_equal(decode_within(names[i], probe.memory_bytes, probe.cost_us, NULL),
                         DIGIT_OK);
        assert_int_equal(decode_within(names[i], probe.memory_bytes - 1, probe.cost_us, &error),
                         DIGIT_LIMIT);
        assert_non_null(strstr(error.message, "bytes of memory to decode"));
        assert_int_equal(decode_within(names[i], probe.memory_bytes, probe.cost_us - 1, &error),
                         DIGIT_LIMIT);
        assert_non_null(strstr(error.message, "microseconds to decode"));
        free(picture.bytes);
    }
}

/* Every fixture decodes by colour too, and to the same size. */
TEST(decode_by_colour_takes_what_decode_takes)
{
    for (const char *const *name = picture_names; *name != NULL; name++) {
        const struct picture picture = picture_read(*name);
        struct digit_image image;
        struct digit_image by_colour;
        const bool is_grey = strstr(*name, "grey") != NULL || strstr(*name, "png-exif") != NULL;

        assert_int_equal(digit_image_decode(&image, picture.bytes, picture.size_bytes,
                                            &picture_limits, NULL, NULL),
                         DIGIT_OK);
        assert_int_equal(digit_image_decode_by_colour(&by_colour, picture.bytes, picture.size_bytes,
                                                      &picture_limits, NULL, NULL),
                         DIGIT_OK);
        assert_int_equal(image.has_colour, !is_grey);
        assert_int_equal(by_colour.has_colour, !is_grey);
        assert_int_equal(by_colour.width_px, image.width_px);
        assert_int_equal(by_colour.height_px, image.height_px);
        assert_int_equal(by_colour.rotation_deg, image.rotation_deg);
        assert_true(image.colour_axis[0] == 0 && image.colour_contrast == 0);
        assert_true(image.colour_cost_us == by_colour.cost_us);
        digit_image_release(&by_colour);
        digit_image_release(&image);
        free(picture.bytes);
    }
}

/* A red stroke on green, both of luma 76. */
TEST(decode_by_colour_shows_ink_that_luma_hides)
{
    const struct picture picture =
        picture_read("../../fuzz/corpus/image/colours-of-equal-luma.png");
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_int_equal(image.luma[i], 76);
    digit_image_release(&image);
    assert_int_equal(digit_image_decode_by_colour(&image, picture.bytes, picture.size_bytes,
                                                  &picture_limits, NULL, NULL),
                     DIGIT_OK);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        const size_t x = i % DIGIT_SIDE_PX;
        const size_t y = i / DIGIT_SIDE_PX;
        const bool is_ink = x >= 12 && x < 16 && y >= 4 && y < 24;

        assert_in_range(image.luma[i], is_ink ? 31 : 224, is_ink ? 33 : 224);
    }
    assert_true(image.colour_axis[0] < 0 && image.colour_axis[1] > 0);
    assert_true(image.colour_contrast > 8);
    digit_image_release(&image);
    free(picture.bytes);
}

/* Samples of 0 and 4080: less than 16 levels of 8 bits. */
TEST(decode_stretches_sixteen_bits_of_which_few_are_used)
{
    const struct picture picture =
        picture_read("../../fuzz/corpus/image/twelve-bits-in-sixteen.png");
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    assert_true(image.stretched);
    assert_false(image.has_colour);
    assert_int_equal(image.luma[0], 0);
    assert_int_equal(image.luma[14 * DIGIT_SIDE_PX + 14], 255);
    digit_image_release(&image);
    free(picture.bytes);
}

static enum digit_status decode_by_colour_within(const char *name, uint64_t max_decoder_bytes,
                                                 uint64_t max_cost_us)
{
    const struct picture picture = picture_read(name);
    const struct digit_image_limits limits = {64, 4096, max_decoder_bytes, max_cost_us};
    struct digit_image image;
    const enum digit_status status = digit_image_decode_by_colour(
        &image, picture.bytes, picture.size_bytes, &limits, NULL, NULL);

    digit_image_release(&image);
    free(picture.bytes);
    return status;
}

TEST(decode_by_colour_has_limits_of_its_own)
{
    static const char *const names[] = {"png-rgb-16.png", "bmp-1.bmp", "jpeg-rgb-progressive.jpg"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct picture picture = picture_read(names[i]);
        struct digit_image_probe probe;

        assert_int_equal(
            digit_image_probe(&probe, picture.bytes, picture.size_bytes, &picture_limits, NULL),
            DIGIT_OK);

        const uint64_t bytes = probe.colour_memory_bytes;
        const uint64_t cost_us = probe.colour_cost_us;

        assert_int_equal(decode_by_colour_within(names[i], bytes, cost_us), DIGIT_OK);
        assert_int_equal(decode_by_colour_within(names[i], bytes - 1, cost_us), DIGIT_LIMIT);
        assert_int_equal(decode_by_colour_within(names[i], bytes, cost_us - 1), DIGIT_LIMIT);
        free(picture.bytes);
    }
}

static struct digit_image decode_turned(uint8_t orientation)
{
    struct picture picture = picture_read("jpeg-grey.jpg");
    struct digit_image image;

    picture_insert_exif(&picture, 2, orientation);
    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    free(picture.bytes);
    return image;
}

/* Mirrored first, then rotated. */
static uint8_t stored_pixel(const struct digit_image *stored, const struct digit_image *image,
                            size_t x, size_t y)
{
    const size_t right = image->width_px - 1;
    const size_t bottom = image->height_px - 1;
    const size_t turned_x[4] = {x, y, right - x, bottom - y};
    const size_t turned_y[4] = {y, right - x, bottom - y, x};
    const size_t column = turned_x[image->rotation_deg / 90];
    const size_t row = turned_y[image->rotation_deg / 90];

    return stored
        ->luma[row * stored->width_px + (image->mirrored ? stored->width_px - 1 - column : column)];
}

TEST(decode_applies_and_reports_every_orientation)
{
    static const uint16_t rotations_deg[] = {0, 0, 180, 180, 270, 90, 90, 270};
    static const bool mirrored[] = {false, true, false, true, true, false, true, false};
    struct digit_image stored = decode_turned(1);

    for (uint8_t orientation = 1; orientation <= 8; orientation++) {
        struct digit_image image = decode_turned(orientation);

        assert_int_equal(image.rotation_deg, rotations_deg[orientation - 1]);
        assert_int_equal(image.mirrored, mirrored[orientation - 1]);
        assert_int_equal(image.width_px, orientation <= 4 ? stored.width_px : stored.height_px);
        for (size_t y = 0; y < image.height_px; y++)
            for (size_t x = 0; x < image.width_px; x++)
                assert_int_equal(image.luma[y * image.width_px + x],
                                 stored_pixel(&stored, &image, x, y));
        digit_image_release(&image);
    }
    digit_image_release(&stored);
}

/*
 * Lets the first, second, third ... allocation fail, until decoding makes fewer allocations.
 * Decoding may succeed without one of them: stb_image tests whether a BMP is a JPEG, and takes a
 * lack of memory as no.
 */
typedef enum digit_status decoding(struct digit_image *out, const uint8_t *bytes, size_t size_bytes,
                                   const struct digit_image_limits *limits,
                                   struct digit_image_arena *arena, struct digit_error *error);

static void assert_survives(const struct picture *picture, decoding *decode)
{
    bool refused = true;
    int failures = 0;

    for (int allowed = 0; refused; allowed++) {
        struct digit_image image;

        allocations_left = allowed;

        const enum digit_status status =
            decode(&image, picture->bytes, picture->size_bytes, &picture_limits, NULL, NULL);

        refused = allocations_left < 0;
        allocations_left = -1;
        assert_true(status == DIGIT_OK || (refused && status == DIGIT_NO_MEMORY));
        failures += status != DIGIT_OK;
        digit_image_release(&image);
    }
    assert_true(failures > 0);
}

TEST(decode_survives_any_failing_allocation)
{
    for (const char *const *name = picture_names; *name != NULL; name++) {
        const struct picture picture = picture_read(*name);

        assert_survives(&picture, digit_image_decode);
        assert_survives(&picture, digit_image_decode_by_colour);
        free(picture.bytes);
    }
}

TEST_MAIN(cmocka_unit_test(decode_tells_the_format_by_the_bytes),
          cmocka_unit_test(decode_refuses_other_formats),
          cmocka_unit_test(decode_refuses_every_picture_cut_anywhere),
          cmocka_unit_test(decode_does_not_mind_garbage_behind_a_picture),
          cmocka_unit_test(decode_holds_every_format_to_the_limits),
          cmocka_unit_test(probe_allocates_nothing_and_agrees_with_decode),
          cmocka_unit_test(decode_holds_every_format_to_the_limits_of_cost),
          cmocka_unit_test(decode_by_colour_takes_what_decode_takes),
          cmocka_unit_test(decode_by_colour_has_limits_of_its_own),
          cmocka_unit_test(decode_by_colour_shows_ink_that_luma_hides),
          cmocka_unit_test(decode_stretches_sixteen_bits_of_which_few_are_used),
          cmocka_unit_test(decode_applies_and_reports_every_orientation),
          cmocka_unit_test(decode_survives_any_failing_allocation))
