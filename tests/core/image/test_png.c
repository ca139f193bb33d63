#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "core/image/png_chunks.h"
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

/* Luma and alpha of one pixel before it is blended with the background, up to white_of its depth. */
struct pixel {
    double luma;
    double alpha;
};

static double white_of(unsigned depth)
{
    return depth == 16 ? 65535 : 255;
}

static double sample_at(unsigned i, unsigned channel, unsigned depth)
{
    return white_of(depth) *
           picture_sample(i % PICTURE_WIDTH_PX, i / PICTURE_WIDTH_PX, channel, depth) /
           ((1u << depth) - 1);
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
                              transparent && is_transparent_colour(i, 1, depth) ? 0
                                                                                : white_of(depth)};
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
                          transparent && is_transparent_colour(i, 3, depth) ? 0 : white_of(depth)};
}

/* Rounds where the decoder does: after blending, and when 16 bits become 8. */
static void lay_on_ground(uint8_t expected[PICTURE_PIXELS], const struct pixel *pixels,
                          double white)
{
    double weighted = 0, weight = 0;

    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        weighted += pixels[i].luma * pixels[i].alpha;
        weight += pixels[i].alpha;
    }
    for (unsigned i = 0; i < PICTURE_PIXELS; i++) {
        const double background = weighted / weight < 128 * white / 255 ? white : 0;
        const double opacity = pixels[i].alpha / white;
        const double blended = floor(pixels[i].luma * opacity + background * (1 - opacity) + 0.5);

        expected[i] = (uint8_t)floor(blended * 255 / white + 0.5);
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
    lay_on_ground(expected, pixels, white_of(depth));
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

static void append_chunk(struct picture *picture, const char *type, const void *data,
                         size_t size_bytes)
{
    uint8_t *at = picture->bytes + picture->size_bytes;
    uint32_t crc;

    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(size_bytes >> (24 - 8 * i));
    memcpy(at + 4, type, 4);
    memcpy(at + 8, data, size_bytes);
    crc = (uint32_t)crc32_z(0, at + 4, 4 + size_bytes);
    for (size_t i = 0; i < 4; i++)
        at[8 + size_bytes + i] = (uint8_t)(crc >> (24 - 8 * i));
    picture->size_bytes += 12 + size_bytes;
}

/* 28x28 grey pixels in deflated rows with `extra_bytes` of zeros behind them, cut by `missing_bytes`, in IDAT chunks
 * of `idat_bytes`. */
static struct picture make_rows(size_t extra_bytes, size_t missing_bytes, size_t idat_bytes)
{
    const size_t raw_bytes = 28 * 29 + extra_bytes;
    uint8_t *raw = calloc(raw_bytes, 1);
    uLongf deflated_bytes = compressBound(raw_bytes);
    uint8_t *deflated = malloc(deflated_bytes);
    struct picture picture = {malloc(64 + 13 * deflated_bytes), 0};

    assert_non_null(raw);
    assert_non_null(deflated);
    assert_non_null(picture.bytes);
    assert_int_equal(compress2(deflated, &deflated_bytes, raw, raw_bytes, 9), Z_OK);
    picture.size_bytes = PNG_SIGNATURE_BYTES;
    memcpy(picture.bytes, "\x89PNG\r\n\x1a\n", PNG_SIGNATURE_BYTES);
    append_chunk(&picture, "IHDR", "\0\0\0\x1c\0\0\0\x1c\x08\0\0\0\0", PNG_IHDR_BYTES);
    deflated_bytes -= missing_bytes;
    for (size_t at = 0; at < deflated_bytes; at += idat_bytes)
        append_chunk(&picture, "IDAT", deflated + at,
                     idat_bytes < deflated_bytes - at ? idat_bytes : deflated_bytes - at);
    append_chunk(&picture, "IEND", "", 0);
    free(deflated);
    free(raw);
    return picture;
}

static void assert_rows_decode(size_t extra_bytes, size_t idat_bytes)
{
    struct picture picture = make_rows(extra_bytes, 0, idat_bytes);
    struct digit_image image;

    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    digit_image_release(&image);
    free(picture.bytes);
}

TEST(png_data_may_lie_in_any_number_of_chunks)
{
    assert_rows_decode(0, 1000);
    assert_rows_decode(0, 1);
    assert_rows_decode(0, 2);
}

TEST(png_data_that_end_early_are_malformed)
{
    for (size_t missing = 1; missing <= 12; missing++) {
        struct picture picture = make_rows(0, missing, 1000);

        picture_assert_fails(&picture, DIGIT_MALFORMED, "png: IDAT: the data end");
        free(picture.bytes);
    }
}

TEST(png_with_a_wrong_checksum_of_its_rows_is_malformed)
{
    struct picture picture = make_rows(0, 4, 1000);
    struct picture longer = {realloc(picture.bytes, picture.size_bytes + 16),
                             picture.size_bytes - 12};

    assert_non_null(longer.bytes);
    append_chunk(&longer, "IDAT", "\1\2\3\4", 4);
    append_chunk(&longer, "IEND", "", 0);
    picture_assert_fails(&longer, DIGIT_MALFORMED, "png: IDAT: incorrect data check");
    free(longer.bytes);
}

/* Data behind the last row are not inflated, so their damage is not found. */
TEST(png_data_behind_the_last_row_are_not_read)
{
    struct picture picture = make_rows(1 << 20, 100, 100000);
    struct digit_image image;

    assert_rows_decode(1, 1000);
    assert_rows_decode(1 << 20, 1000);
    assert_int_equal(
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    digit_image_release(&image);
    free(picture.bytes);
}

/* The rows have 812 bytes; an eighth and 64 KiB more may be needed. */
static void assert_idat_bytes(size_t idat_bytes, enum digit_status status)
{
    struct picture picture = make_rows(0, 0, 1000);
    struct picture longer = {realloc(picture.bytes, 2 * idat_bytes), picture.size_bytes - 12};
    const size_t used_bytes = picture.size_bytes - 8 - 25 - 12 - 12;
    uint8_t *zeros = calloc(idat_bytes, 1);
    struct digit_image_probe probe;
    struct digit_error error = {0};

    assert_non_null(longer.bytes);
    assert_non_null(zeros);
    append_chunk(&longer, "IDAT", zeros, idat_bytes - used_bytes);
    append_chunk(&longer, "IEND", "", 0);
    assert_int_equal(
        digit_image_probe(&probe, longer.bytes, longer.size_bytes, &picture_limits, &error),
        status);
    assert_true(status == DIGIT_OK || strstr(error.message, "IDAT chunks of 66450 bytes; the rows "
                                                            "of 28x28 px need at most 66449"));
    free(zeros);
    free(longer.bytes);
}

TEST(png_with_more_data_than_its_rows_can_need_is_malformed)
{
    assert_idat_bytes(812 + 812 / 8 + 65536, DIGIT_OK);
    assert_idat_bytes(812 + 812 / 8 + 65536 + 1, DIGIT_MALFORMED);
}

/* A picture of 400x400 px with empty stored blocks before its rows. */
static enum digit_status decode_blocks(size_t empty_blocks, struct digit_error *error)
{
    static const uint8_t empty[] = {0, 0, 0, 0xff, 0xff};
    static const struct digit_image_limits limits = {5000, 5000 * 5000, UINT64_MAX, UINT64_MAX};
    uint8_t rows[400 * 401] = {0};
    uLongf deflated_bytes = compressBound(sizeof rows);
    uint8_t *deflated = malloc(deflated_bytes + sizeof empty * empty_blocks);
    struct picture picture = {malloc(1024 + deflated_bytes + sizeof empty * empty_blocks), 8};
    struct digit_image image;

    assert_non_null(deflated);
    assert_non_null(picture.bytes);
    assert_int_equal(compress2(deflated, &deflated_bytes, rows, sizeof rows, 9), Z_OK);
    memmove(deflated + 2 + sizeof empty * empty_blocks, deflated + 2, deflated_bytes - 2);
    for (size_t i = 0; i < empty_blocks; i++)
        memcpy(deflated + 2 + i * sizeof empty, empty, sizeof empty);
    memcpy(picture.bytes, "\x89PNG\r\n\x1a\n", 8);
    append_chunk(&picture, "IHDR", "\0\0\1\x90\0\0\1\x90\x08\0\0\0\0", PNG_IHDR_BYTES);
    append_chunk(&picture, "IDAT", deflated, deflated_bytes + sizeof empty * empty_blocks);
    append_chunk(&picture, "IEND", "", 0);

    const enum digit_status status =
        digit_image_decode(&image, picture.bytes, picture.size_bytes, &limits, NULL, error);

    digit_image_release(&image);
    free(picture.bytes);
    free(deflated);
    return status;
}

/* 64 blocks, 4 for each of 400 rows, and one for each 127 of 160,400 bytes. zlib's header counts as one, and so does
 * the last, which has the rows. */
TEST(png_of_too_many_deflate_blocks_is_over_the_limit)
{
    struct digit_error error;

    assert_int_equal(decode_blocks(64 + 1600 + 1262 - 2, NULL), DIGIT_OK);
    assert_int_equal(decode_blocks(64 + 1600 + 1262 - 1, &error), DIGIT_LIMIT);
    assert_non_null(
        strstr(error.message, "more than 2926 deflate blocks for 160400 bytes of rows"));
}

TEST(png_with_an_unknown_critical_chunk_is_malformed)
{
    struct picture picture = make_rows(0, 0, 1000);

    memcpy(picture.bytes + 8 + 25 + 4, "JDAT", 4);
    picture_assert_fails(&picture, DIGIT_MALFORMED, "a chunk of type 0x4a444154");
    free(picture.bytes);
}

/* Text, profiles and the like are not looked at, not even at their checksums. */
TEST(png_ancillary_chunks_are_skipped)
{
    struct picture picture = make_rows(0, 0, 1000);
    struct picture longer = {malloc(picture.size_bytes + 100), PNG_SIGNATURE_BYTES + 25};
    struct digit_image image;

    assert_non_null(longer.bytes);
    memcpy(longer.bytes, picture.bytes, longer.size_bytes);
    append_chunk(&longer, "zTXt", "a\0\0damaged", 10);
    longer.bytes[longer.size_bytes - 1] ^= 1;
    memcpy(longer.bytes + longer.size_bytes, picture.bytes + PNG_SIGNATURE_BYTES + 25,
           picture.size_bytes - PNG_SIGNATURE_BYTES - 25);
    longer.size_bytes += picture.size_bytes - PNG_SIGNATURE_BYTES - 25;
    assert_int_equal(
        digit_image_decode(&image, longer.bytes, longer.size_bytes, &picture_limits, NULL, NULL),
        DIGIT_OK);
    digit_image_release(&image);
    free(longer.bytes);
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
          cmocka_unit_test(png_data_may_lie_in_any_number_of_chunks),
          cmocka_unit_test(png_data_that_end_early_are_malformed),
          cmocka_unit_test(png_with_a_wrong_checksum_of_its_rows_is_malformed),
          cmocka_unit_test(png_data_behind_the_last_row_are_not_read),
          cmocka_unit_test(png_with_more_data_than_its_rows_can_need_is_malformed),
          cmocka_unit_test(png_of_too_many_deflate_blocks_is_over_the_limit),
          cmocka_unit_test(png_with_an_unknown_critical_chunk_is_malformed),
          cmocka_unit_test(png_ancillary_chunks_are_skipped),
          cmocka_unit_test(png_with_an_exif_chunk_is_turned_upright),
          cmocka_unit_test(png_with_a_damaged_exif_chunk_is_not_turned))
