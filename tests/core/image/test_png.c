#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/image/pictures.h"

#include "tests/test.h"

enum colour_type { GREY, RGB, PALETTE, GREY_ALPHA, RGBA };

static const struct {
    enum colour_type type;
    const char *name;
    unsigned depths[6];
} kinds[] = {
    {GREY, "grey", {1, 2, 4, 8, 16}},
    {RGB, "rgb", {8, 16}},
    {PALETTE, "palette", {1, 2, 4, 8}},
    {GREY_ALPHA, "grey-alpha", {8, 16}},
    {RGBA, "rgba", {8, 16}},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* Luma and alpha of one pixel before it is blended with the background. */
struct pixel {
    double luma;
    double alpha;
};

static double scaled_to_8(unsigned sample, unsigned depth)
{
    return floor(255.0 * sample / ((1u << depth) - 1) + 0.5);
}

static double sample_at(unsigned i, unsigned channel, unsigned depth)
{
    return scaled_to_8(picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, channel, depth),
                       depth);
}

/* Whether pixel i has the colour of pixel (5, 4), the one that the fixture's tRNS chunk names. */
static bool is_transparent_colour(unsigned i, unsigned channels, unsigned depth)
{
    for (unsigned channel = 0; channel < channels; channel++)
        if (picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, channel, depth) !=
            picture_sample(5, 4, channel, depth))
            return false;
    return true;
}

static struct pixel expected_pixel(unsigned i, enum colour_type type, unsigned depth,
                                   bool transparent)
{
    const unsigned index = picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, 0, depth);
    double rgb[3];

    switch (type) {
    case GREY:
        return (struct pixel){sample_at(i, 0, depth),
                              transparent && is_transparent_colour(i, 1, depth) ? 0 : 255};
    case GREY_ALPHA:
        return (struct pixel){sample_at(i, 0, depth), sample_at(i, 1, depth)};
    case PALETTE:
        picture_palette_colour(rgb, index);
        return (struct pixel){picture_luma(rgb),
                              transparent ? picture_sample(index, 200, 0, 8) : 255};
    case RGB:
    case RGBA:
        break;
    }
    for (unsigned channel = 0; channel < 3; channel++)
        rgb[channel] = sample_at(i, channel, depth);
    if (type == RGBA)
        return (struct pixel){picture_luma(rgb), sample_at(i, 3, depth)};
    return (struct pixel){picture_luma(rgb),
                          transparent && is_transparent_colour(i, 3, depth) ? 0 : 255};
}

static void lay_on_ground(uint8_t expected[PICTURE_PIXELS], const struct pixel *pixels)
{
    double weighted = 0, weight = 0;

    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        weighted += pixels[i].luma * pixels[i].alpha;
        weight += pixels[i].alpha;
    }
    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        const double background = weighted / weight < 128 ? 255 : 0;
        const double opacity = pixels[i].alpha / 255;

        expected[i] = (uint8_t)floor(pixels[i].luma * opacity + background * (1 - opacity) + 0.5);
    }
}

static void assert_decodes(size_t kind, unsigned depth, const char *suffix)
{
    const bool transparent = strcmp(suffix, "-transparent") == 0;
    struct pixel pixels[PICTURE_PIXELS];
    uint8_t expected[PICTURE_PIXELS];
    char name[64];

    for (unsigned i = 0; i < PICTURE_PIXELS; i++)
        pixels[i] = expected_pixel(i, kinds[kind].type, depth, transparent);
    lay_on_ground(expected, pixels);
    snprintf(name, sizeof name, "png-%s-%u%s.png", kinds[kind].name, depth, suffix);
    picture_assert_decodes_to(name, expected, PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX, 0);
}

TEST(png_of_every_type_and_depth_decodes_exactly)
{
    for (size_t kind = 0; kind < KINDS; kind++)
        for (const unsigned *depth = kinds[kind].depths; *depth != 0; depth++)
            assert_decodes(kind, *depth, "");
}

TEST(png_interlaced_decodes_as_the_same_picture)
{
    for (size_t kind = 0; kind < KINDS; kind++)
        for (const unsigned *depth = kinds[kind].depths; *depth != 0; depth++)
            assert_decodes(kind, *depth, "-interlaced");
}

TEST(png_transparent_colours_are_blended_with_the_background)
{
    for (size_t kind = 0; kind < KINDS; kind++)
        if (kinds[kind].type <= PALETTE)
            for (const unsigned *depth = kinds[kind].depths; *depth != 0; depth++)
                assert_decodes(kind, *depth, "-transparent");
}

/* Flips one byte of a fixture: 16 to 28 is IHDR's data, 29 its CRC. */
static void assert_damage_fails(size_t at, enum digit_status status, const char *words)
{
    struct picture picture = picture_read("png-grey-8.png");

    picture.bytes[at] ^= 0xff;
    picture_assert_fails(&picture, status, words);
    free(picture.bytes);
}

TEST(png_without_ihdr_first_is_malformed)
{
    assert_damage_fails(12, DIGIT_MALFORMED, "the first chunk is not an IHDR");
}

TEST(png_of_no_width_is_malformed)
{
    struct picture picture = picture_read("png-grey-8.png");

    picture.bytes[19] = 0;
    picture_assert_fails(&picture, DIGIT_MALFORMED, "a picture of 0x11 px");
    free(picture.bytes);
}

TEST(png_with_a_wrong_checksum_is_malformed)
{
    assert_damage_fails(29, DIGIT_MALFORMED, "png: IHDR: CRC error");
}

TEST(png_of_unknown_colour_type_is_malformed)
{
    struct picture picture = picture_read("png-grey-8.png");

    picture.bytes[25] = 5;
    picture_assert_fails(&picture, DIGIT_MALFORMED, "png: ");
    free(picture.bytes);
}

/* Flips a byte of the first IDAT chunk, `offset` bytes after the beginning of its type; its data
 * have 20 bytes. */
static void assert_idat_damage_fails(size_t offset, const char *words)
{
    struct picture picture = picture_read("png-rgb-16.png");
    size_t at = 0;

    while (memcmp(picture.bytes + at, "IDAT", 4) != 0)
        at++;
    picture.bytes[at + offset] ^= 0x55;
    picture_assert_fails(&picture, DIGIT_MALFORMED, words);
    free(picture.bytes);
}

TEST(png_with_damaged_data_is_malformed)
{
    assert_idat_damage_fails(4, "png: IDAT: ");               /* zlib's header */
    assert_idat_damage_fails(4 + 20, "png: IDAT: CRC error"); /* the checksum */
}

TEST(png_without_image_data_is_malformed)
{
    struct picture picture = picture_read("png-grey-8.png");

    for (size_t at = 0; at + 4 < picture.size_bytes; at++)
        if (memcmp(picture.bytes + at, "IDAT", 4) == 0)
            memcpy(picture.bytes + at, "idAt", 4);
    picture_assert_fails(&picture, DIGIT_MALFORMED, "png: ");
    free(picture.bytes);
}

/* A fixture of 13x11 px with an eXIf chunk of orientation 6, and the expected result. */
static void assert_exif_stands(const char *name, size_t width_px, uint16_t rotation_deg)
{
    const struct picture picture = picture_read(name);
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    assert_int_equal(image.width_px, width_px);
    assert_int_equal(image.rotation_deg, rotation_deg);
    digit_image_release(&image);
    free(picture.bytes);
}

TEST(png_with_an_exif_chunk_is_turned_upright)
{
    assert_exif_stands("png-exif.png", PICTURE_HEIGHT_PX, 90);
    assert_exif_stands("png-exif-last.png", PICTURE_HEIGHT_PX, 90);
}

TEST(png_with_a_damaged_exif_chunk_is_not_turned)
{
    assert_exif_stands("png-exif-damaged.png", PICTURE_WIDTH_PX, 0);
}

TEST_MAIN(cmocka_unit_test(png_of_every_type_and_depth_decodes_exactly),
          cmocka_unit_test(png_interlaced_decodes_as_the_same_picture),
          cmocka_unit_test(png_transparent_colours_are_blended_with_the_background),
          cmocka_unit_test(png_without_ihdr_first_is_malformed),
          cmocka_unit_test(png_of_no_width_is_malformed),
          cmocka_unit_test(png_with_a_wrong_checksum_is_malformed),
          cmocka_unit_test(png_of_unknown_colour_type_is_malformed),
          cmocka_unit_test(png_with_damaged_data_is_malformed),
          cmocka_unit_test(png_without_image_data_is_malformed),
          cmocka_unit_test(png_with_an_exif_chunk_is_turned_upright),
          cmocka_unit_test(png_with_a_damaged_exif_chunk_is_not_turned))
