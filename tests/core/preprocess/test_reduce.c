#include <stdlib.h>

#include "core/preprocess/reduce.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static uint8_t *pixels;

/* The mean of block (x, y) of n x n, the slow way. */
static unsigned mean_of_block(const struct canvas *canvas, size_t x, size_t y, size_t n)
{
    double sum = 0, count = 0;
    for (size_t j = y * n; j < (y + 1) * n && j < canvas->height_px; j++)
        for (size_t i = x * n; i < (x + 1) * n && i < canvas->width_px; i++) {
            sum += canvas_at(canvas, i, j);
            count++;
        }
    return (unsigned)(sum / count + 0.5);
}

static void assert_reduced(size_t width_px, size_t height_px, size_t factor)
{
    struct canvas canvas = canvas_make(width_px, height_px, 128);
    struct plane plane = {.pixels = pixels};
    canvas_noise(&canvas, 127, width_px);
    struct digit_image image = canvas_image(&canvas);
    assert_int_equal(reduce_picture(&plane, &image), factor);
    assert_int_equal(plane.width_px, (width_px + factor - 1) / factor);
    assert_int_equal(plane.height_px, (height_px + factor - 1) / factor);
    for (size_t i = 0; i < plane.width_px * plane.height_px; i++)
        assert_int_equal(plane.pixels[i],
                         mean_of_block(&canvas, i % plane.width_px, i / plane.width_px, factor));
    canvas_free(&canvas);
}

TEST(pictures_of_up_to_512_px_are_copied)
{
    assert_reduced(1, 1, 1);
    assert_reduced(28, 28, 1);
    assert_reduced(512, 3, 1);
    assert_reduced(512, 512, 1);
}

TEST(larger_ones_become_means_of_blocks)
{
    assert_reduced(513, 512, 2);
    assert_reduced(1, 513, 2);
    assert_reduced(1024, 700, 2);
    assert_reduced(1025, 40, 3);
}

TEST(the_longest_pictures_fit)
{
    assert_reduced(65535, 1, 128);
    assert_reduced(3, 65535, 128);
    assert_reduced(65535, 200, 128);
}

/* The largest sums of a block and of its columns. */
TEST(white_stays_white)
{
    struct canvas canvas = canvas_make(65535, 129, 255);
    struct plane plane = {.pixels = pixels};
    struct digit_image image = canvas_image(&canvas);
    assert_int_equal(reduce_picture(&plane, &image), 128);
    for (size_t i = 0; i < plane.width_px * plane.height_px; i++)
        assert_int_equal(plane.pixels[i], 255);
    canvas_free(&canvas);
}

/* Cuts a window out of luma of width_px x height_px, whose pixels are block_px x block_px of the picture's;
 * those of the last column and row are of fewer, if `lacking_px` pixels are missing. The plane must begin at
 * pixel (left, top) of the luma and have the given size. */
static void assert_window(const struct digit_box *window, size_t block_px, size_t lacking_px,
                          const struct digit_box *expected, size_t factor)
{
    struct canvas canvas = canvas_make(1300, 700, 128);
    struct plane plane = {.pixels = pixels};
    struct canvas part = canvas_make(expected->width_px, expected->height_px, 0);
    canvas_noise(&canvas, 127, 7);
    for (size_t i = 0; i < expected->width_px * expected->height_px; i++)
        part.luma[i] = canvas_at(&canvas, expected->left_px + i % expected->width_px,
                                 expected->top_px + i / expected->width_px);
    struct digit_image image = canvas_image(&canvas);
    image.block_px = block_px;
    image.width_px = 1300 * block_px - lacking_px;
    image.height_px = 700 * block_px - lacking_px;
    assert_int_equal(reduce_window(&plane, &image, window), factor * block_px);
    assert_int_equal(plane.width_px, (expected->width_px + factor - 1) / factor);
    assert_int_equal(plane.height_px, (expected->height_px + factor - 1) / factor);
    for (size_t i = 0; i < plane.width_px * plane.height_px; i++)
        assert_int_equal(plane.pixels[i],
                         mean_of_block(&part, i % plane.width_px, i / plane.width_px, factor));
    canvas_free(&part);
    canvas_free(&canvas);
}

TEST(a_window_is_cut_at_the_resolution_of_the_luma)
{
    assert_window(&(struct digit_box){3, 5, 512, 100}, 1, 0, &(struct digit_box){3, 5, 512, 100},
                  1);
    assert_window(&(struct digit_box){1299, 699, 1, 1}, 1, 0, &(struct digit_box){1299, 699, 1, 1},
                  1);
}

TEST(a_large_window_is_reduced)
{
    assert_window(&(struct digit_box){7, 2, 513, 20}, 1, 0, &(struct digit_box){7, 2, 513, 20}, 2);
    assert_window(&(struct digit_box){100, 3, 1101, 697}, 1, 0,
                  &(struct digit_box){100, 3, 1101, 697}, 3);
    assert_window(&(struct digit_box){0, 0, 1300, 700}, 1, 0, &(struct digit_box){0, 0, 1300, 700},
                  3);
}

TEST(a_window_is_extended_to_whole_pixels_of_the_luma)
{
    assert_window(&(struct digit_box){5, 6, 2, 1}, 3, 0, &(struct digit_box){1, 2, 2, 1}, 1);
    assert_window(&(struct digit_box){6, 6, 6, 7}, 3, 0, &(struct digit_box){2, 2, 2, 3}, 1);
}

TEST(a_window_may_end_with_the_last_incomplete_block)
{
    assert_window(&(struct digit_box){3890, 2090, 8, 8}, 3, 2, &(struct digit_box){1296, 696, 4, 4},
                  1);
    assert_window(&(struct digit_box){0, 0, 3898, 2098}, 3, 2, &(struct digit_box){0, 0, 1300, 700},
                  3);
}

TEST_FILE_MAIN
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_of_up_to_512_px_are_copied),
        cmocka_unit_test(larger_ones_become_means_of_blocks),
        cmocka_unit_test(the_longest_pictures_fit),
        cmocka_unit_test(white_stays_white),
        cmocka_unit_test(a_window_is_cut_at_the_resolution_of_the_luma),
        cmocka_unit_test(a_large_window_is_reduced),
        cmocka_unit_test(a_window_is_extended_to_whole_pixels_of_the_luma),
        cmocka_unit_test(a_window_may_end_with_the_last_incomplete_block),
    };

    pixels = malloc(PLANE_PIXELS_MAX);
    if (pixels == NULL)
        return 1;
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(pixels);
    return failures != 0;
}
