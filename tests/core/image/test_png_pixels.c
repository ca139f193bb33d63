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
    uint16_t luma[2];
    uint16_t alpha[2];

    png_convert_deep_row(luma, alpha, (const uint8_t *)"\x12\x34\x12\x35", 2, &header, &colours);
    assert_int_equal(alpha[0], 0);
    assert_int_equal(alpha[1], 65535);
}

TEST(sixteen_bits_are_kept)
{
    const struct png_header header = {.depth = 16, .colour = PNG_GREY};
    struct png_colours colours;

    png_colours_begin(&colours, &header);
    for (unsigned sample = 0; sample <= 65535; sample++) {
        const uint8_t row[2] = {(uint8_t)(sample >> 8), (uint8_t)sample};
        uint16_t luma;

        png_convert_deep_row(&luma, NULL, row, 1, &header, &colours);
        assert_int_equal(luma, sample);
    }
}

static void assert_colour(const struct png_header *header, const struct png_colours *colours,
                          const char *pixel, const uint16_t expected[4])
{
    uint16_t samples[4];
    uint16_t *const rgb[] = {&samples[0], &samples[1], &samples[2]};

    samples[3] = 65535;
    png_convert_colour_row(rgb, colours->has_alpha ? &samples[3] : NULL, (const uint8_t *)pixel, 1,
                           header, colours);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(samples[i], expected[i]);
}

TEST(colours_of_every_type_have_sixteen_bits)
{
    static const struct {
        struct png_header header;
        const char *pixel;
        uint16_t expected[4];
    } cases[] = {
        {{.depth = 2, .colour = PNG_GREY}, "\x80", {43690, 43690, 43690, 65535}},
        {{.depth = 8, .colour = PNG_GREY_ALPHA}, "\x01\x02", {257, 257, 257, 514}},
        {{.depth = 8, .colour = PNG_RGB}, "\x01\x02\xff", {257, 514, 65535, 65535}},
        {{.depth = 16, .colour = PNG_RGB_ALPHA},
         "\x01\x02\x03\x04\x05\x06\x07\x08",
         {0x102, 0x304, 0x506, 0x708}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct png_colours colours;

        png_colours_begin(&colours, &cases[i].header);
        assert_colour(&cases[i].header, &colours, cases[i].pixel, cases[i].expected);
    }
}

TEST(colours_of_a_palette_have_its_alpha)
{
    const struct png_header header = {.depth = 8, .colour = PNG_PALETTE};
    const struct png_chunk palette = chunk_of("PLTE", "\1\2\3\4\5\6", 6);
    const struct png_chunk trns = chunk_of("tRNS", "\x80\x40", 2);
    struct png_colours colours;

    png_colours_begin(&colours, &header);
    png_colours_take_palette(&colours, &header, &palette);
    png_colours_take_transparency(&colours, &header, &trns);
    assert_colour(&header, &colours, "\1", (const uint16_t[]){4 * 257, 5 * 257, 6 * 257, 64 * 257});
    assert_true(png_row_has_colour((const uint8_t *)"\1", 1, &header, &colours));
}

TEST(rows_of_greys_have_no_colour)
{
    const struct png_header rgb = {.depth = 8, .colour = PNG_RGB};
    const struct png_header rgba = {.depth = 16, .colour = PNG_RGB_ALPHA};
    const struct png_header grey = {.depth = 8, .colour = PNG_GREY};
    const struct png_header palette = {.depth = 1, .colour = PNG_PALETTE};
    const struct png_colours two = two_colours(&palette, "", 0);
    struct png_colours none;

    png_colours_begin(&none, &rgb);
    assert_false(png_row_has_colour((const uint8_t *)"\1\1\1\2\2\2", 2, &rgb, &none));
    assert_true(png_row_has_colour((const uint8_t *)"\1\1\1\2\2\3", 2, &rgb, &none));
    assert_true(png_row_has_colour((const uint8_t *)"\1\2\1\2\2\2", 2, &rgb, &none));
    assert_false(png_row_has_colour((const uint8_t *)"\1\2\1\2\1\2\3\4", 1, &rgba, &none));
    assert_true(png_row_has_colour((const uint8_t *)"\1\2\1\2\1\3\3\4", 1, &rgba, &none));
    assert_false(png_row_has_colour((const uint8_t *)"\1\2\3", 3, &grey, &none));
    assert_false(png_row_has_colour((const uint8_t *)"\x80", 3, &palette, &two));
}

TEST_MAIN(cmocka_unit_test(an_index_outside_the_palette_is_black_and_opaque),
          cmocka_unit_test(colours_beyond_the_depth_are_dropped),
          cmocka_unit_test(a_transparency_of_the_wrong_size_is_ignored),
          cmocka_unit_test(a_transparent_colour_has_as_many_bits_as_a_sample),
          cmocka_unit_test(a_transparent_colour_is_compared_at_full_depth),
          cmocka_unit_test(sixteen_bits_are_kept),
          cmocka_unit_test(colours_of_every_type_have_sixteen_bits),
          cmocka_unit_test(colours_of_a_palette_have_its_alpha),
          cmocka_unit_test(rows_of_greys_have_no_colour))
