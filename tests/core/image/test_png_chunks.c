#include "core/image/png_chunks.h"

#include <string.h>

#include "tests/test.h"

/* IEND, whose checksum is the standard's example, and what follows it. */
static const uint8_t end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82, 1};

TEST(a_chunk_is_read_with_its_length)
{
    struct png_chunk chunk;
    size_t at = 0;

    assert_true(png_next_chunk(&chunk, end, sizeof end, &at));
    assert_true(png_chunk_is(&chunk, "IEND"));
    assert_false(png_chunk_is(&chunk, "IDAT"));
    assert_int_equal(chunk.size_bytes, 0);
    assert_int_equal(at, 12);
    assert_true(png_chunk_is_intact(&chunk));
}

TEST(a_truncated_chunk_is_none)
{
    uint8_t bytes[13];
    struct png_chunk chunk;
    size_t at = 0;

    assert_false(png_next_chunk(&chunk, end, 11, &at));
    memcpy(bytes, end, sizeof bytes);
    bytes[3] = 1;
    assert_true(png_next_chunk(&chunk, bytes, 13, &at));
    assert_false(png_chunk_is_intact(&chunk));
    at = 0;
    bytes[3] = 2;
    assert_false(png_next_chunk(&chunk, bytes, 13, &at));
    bytes[0] = 255;
    assert_false(png_next_chunk(&chunk, bytes, 13, &at));
    assert_int_equal(at, 0);
}

TEST(lower_case_means_that_a_chunk_may_be_skipped)
{
    struct png_chunk chunk = {.type = (const uint8_t *)"tRNS"};

    assert_true(png_chunk_is_ancillary(&chunk));
    chunk.type = (const uint8_t *)"PLTE";
    assert_false(png_chunk_is_ancillary(&chunk));
}

TEST(rows_are_whole_bytes)
{
    struct png_header header = {.depth = 1, .colour = PNG_GREY};

    assert_int_equal(png_row_bytes(&header, 8), 1);
    assert_int_equal(png_row_bytes(&header, 9), 2);
    header = (struct png_header){.depth = 16, .colour = PNG_RGB_ALPHA};
    assert_int_equal(png_row_bytes(&header, 3), 24);
    assert_int_equal(png_components(1), 0);
    assert_int_equal(png_components(7), 0);
}

/* Every pixel of a picture of any small size is in exactly one pass. */
TEST(the_passes_of_adam7_cover_each_pixel_once)
{
    for (uint32_t width = 1; width <= 17; width++)
        for (uint32_t height = 1; height <= 17; height++) {
            const struct png_header header = {.width_px = width,
                                              .height_px = height,
                                              .depth = 8,
                                              .colour = PNG_GREY,
                                              .interlace = 1};
            uint8_t visits[17 * 17] = {0};
            uint64_t inflated_bytes = 0;

            for (size_t i = 0; i < png_pass_count(&header); i++) {
                const struct png_pass pass = png_pass_of(&header, i);

                inflated_bytes += pass.height_px * (1 + pass.width_px);
                for (size_t y = 0; y < pass.height_px; y++)
                    for (size_t x = 0; x < pass.width_px; x++)
                        visits[(pass.y_px + y * pass.step_down_px) * width + pass.x_px +
                               x * pass.step_across_px]++;
            }
            for (size_t i = 0; i < (size_t)width * height; i++)
                assert_int_equal(visits[i], 1);
            assert_int_equal(png_inflated_bytes(&header), inflated_bytes);
        }
}

TEST(without_interlacing_there_is_one_pass)
{
    const struct png_header header = {
        .width_px = 28, .height_px = 27, .depth = 8, .colour = PNG_RGB};

    assert_int_equal(png_pass_count(&header), 1);
    assert_int_equal(png_inflated_bytes(&header), 27 * 85);
}

TEST_MAIN(cmocka_unit_test(a_chunk_is_read_with_its_length),
          cmocka_unit_test(a_truncated_chunk_is_none),
          cmocka_unit_test(lower_case_means_that_a_chunk_may_be_skipped),
          cmocka_unit_test(rows_are_whole_bytes),
          cmocka_unit_test(the_passes_of_adam7_cover_each_pixel_once),
          cmocka_unit_test(without_interlacing_there_is_one_pass))
