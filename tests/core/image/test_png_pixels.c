#include "core/image/png_pixels.h"

#include <string.h>

#include "tests/test.h"

static struct png_chunk chunk_of(const char *type, const void *data, size_t size_bytes)
{
    return (struct png_chunk){(const uint8_t *)type, data, size_bytes};
}

/* The palette black, white; then tRNS. */
static struct png_colours two_colours(const struct png_header *header, const void *transparency,
                                      size_t size_bytes)
{
    const struct png_chunk palette = chunk_of("PLTE", "\0\0\0\xff\xff\xff", 6);
    const struct png_chunk trns = chunk_of("tRNS", transparency, size_bytes);
    struct png_colours colours;

    png_colours_begin(&colours, header);
    png_colours_take_palette(&colours, header, &palette);
    png_colours_take_transparency(&colours, header, &trns);
    return colours;
}

TEST(an_index_outside_the_palette_is_black_and_opaque)
{
    const struct png_header header = {.depth = 2, .colour = PNG_PALETTE};
    const struct png_colours colours = two_colours(&header, "\x40", 1);
    uint8_t luma[4];
    uint8_t alpha[4];

    png_convert_row(luma, alpha, (const uint8_t *)"\x1b", 4, &header, &colours); /* 0, 1, 2, 3 */
    assert_memory_equal(luma, "\0\xff\0\0", 4);
    assert_memory_equal(alpha, "\x40\xff\xff\xff", 4);
}

TEST(colours_beyond_the_depth_are_dropped)
{
    const struct png_header header = {.depth = 1, .colour = PNG_PALETTE};
    const uint8_t three[9] = {0};
    const struct png_chunk palette = chunk_of("PLTE", three, sizeof three);
    struct png_colours colours;

    png_colours_begin(&colours, &header);
    png_colours_take_palette(&colours, &header, &palette);
    assert_int_equal(colours.count, 2);
}

TEST(a_transparency_of_the_wrong_size_is_ignored)
{
    const struct png_header palette = {.depth = 8, .colour = PNG_PALETTE};
    const struct png_header grey = {.depth = 8, .colour = PNG_GREY};
    const struct png_header rgba = {.depth = 8, .colour = PNG_RGB_ALPHA};
    struct png_colours colours = two_colours(&palette, "\0\0\0", 3);

    assert_false(colours.has_alpha);
    colours = two_colours(&palette, "", 0);
    assert_false(colours.has_alpha);
    colours = two_colours(&grey, "\0\0\0", 3);
    assert_false(colours.has_alpha);
    colours = two_colours(&rgba, "\0\0\0\0\0\0\0\0", 8);
    assert_true(colours.has_alpha);
    assert_false(colours.has_transparent);
}

/* The standard says to ignore the bits of tRNS above the depth. */
TEST(a_transparent_colour_has_as_many_bits_as_a_sample)
{
    const struct png_header header = {.depth = 4, .colour = PNG_GREY};
    const struct png_colours colours = two_colours(&header, "\xff\xf3", 2);
    uint8_t luma[2];
    uint8_t alpha[2];

    png_convert_row(luma, alpha, (const uint8_t *)"\x34", 2, &header, &colours);
    assert_memory_equal(luma, "\x33\x44", 2);
    assert_memory_equal(alpha, "\0\xff", 2);
}

/* A sample of 16 bits is compared before it loses its lower half. */
TEST(a_transparent_colour_is_compared_at_full_depth)
{
    const struct png_header header = {.depth = 16, .colour = PNG_GREY};
    const struct png_colours colours = two_colours(&header, "\x12\x34", 2);
    uint8_t luma[2];
    uint8_t alpha[2];

    png_convert_row(luma, alpha, (const uint8_t *)"\x12\x34\x12\x35", 2, &header, &colours);
    assert_memory_equal(alpha, "\0\xff", 2);
}

TEST(sixteen_bits_become_eight_by_rounding)
{
    const struct png_header header = {.depth = 16, .colour = PNG_GREY};
    struct png_colours colours;

    png_colours_begin(&colours, &header);
    for (unsigned sample = 0; sample <= 65535; sample++) {
        const uint8_t row[2] = {(uint8_t)(sample >> 8), (uint8_t)sample};
        uint8_t luma;

        png_convert_row(&luma, NULL, row, 1, &header, &colours);
        assert_int_equal(luma, (sample * 2 * 255 + 65535) / (2 * 65535));
    }
}

TEST_MAIN(cmocka_unit_test(an_index_outside_the_palette_is_black_and_opaque),
          cmocka_unit_test(colours_beyond_the_depth_are_dropped),
          cmocka_unit_test(a_transparency_of_the_wrong_size_is_ignored),
          cmocka_unit_test(a_transparent_colour_has_as_many_bits_as_a_sample),
          cmocka_unit_test(a_transparent_colour_is_compared_at_full_depth),
          cmocka_unit_test(sixteen_bits_become_eight_by_rounding))
