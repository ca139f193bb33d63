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

TEST_FILE_MAIN
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_of_up_to_512_px_are_copied),
        cmocka_unit_test(larger_ones_become_means_of_blocks),
        cmocka_unit_test(the_longest_pictures_fit),
    };

    pixels = malloc(PLANE_PIXELS_MAX);
    if (pixels == NULL)
        return 1;
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(pixels);
    return failures != 0;
}
