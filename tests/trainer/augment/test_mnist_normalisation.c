#include "trainer/augment/mnist_normalisation.h"

#include <string.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"

#define SIDE DIGIT_SIDE_PX

static size_t count_bright(const float image[DIGIT_PIXELS])
{
    size_t bright = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        bright += image[i] > 0.0f;
    return bright;
}

/* A box of 8x16 px in a corner becomes one of 10x20 px in the middle, with peak 1. */
TEST(a_small_foreground_is_enlarged_to_twenty_pixels)
{
    float picture[40 * 50] = {0}, out[DIGIT_PIXELS];
    for (size_t y = 33; y < 49; y++)
        for (size_t x = 2; x < 10; x++)
            picture[y * 40 + x] = 0.25f;
    mnist_normalise(out, picture, 40, 50);
    double x, y;
    drawing_centre(&x, &y, out);
    assert_true(x > -1e-4 && x < 1.0001 && y > -1e-4 && y < 1.0001);
    assert_in_range(count_bright(out), 10 * 20, 12 * 20);
    float peak = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        peak = out[i] > peak ? out[i] : peak;
    assert_true(peak == 1.0f);
    assert_float_equal(drawing_sum(out), 200.0, 16.0); /* the edges are soft */
}

TEST(a_foreground_of_twenty_pixels_is_copied)
{
    float image[DIGIT_PIXELS], out[DIGIT_PIXELS], again[DIGIT_PIXELS];
    drawing_box(image, 0, 8, 11, 27);
    image[8 * SIDE] = 0.5f;
    mnist_normalise(out, image, SIDE, SIDE);
    assert_int_equal(count_bright(out), 12 * 20);
    assert_float_equal(drawing_sum(out), 239.5, 1e-4);
    mnist_normalise(again, out, SIDE, SIDE);
    assert_true(drawing_is_same(out, again));
}

TEST(a_wide_picture_is_reduced)
{
    static float picture[300 * 100];
    float out[DIGIT_PIXELS];
    for (size_t i = 0; i < 300 * 100; i++)
        picture[i] = 1.0f;
    mnist_normalise(out, picture, 300, 100);
    assert_float_equal(drawing_sum(out), 20.0 * 20.0 / 3.0, 8.0);
}

TEST(a_blank_picture_stays_blank)
{
    float picture[12] = {0}, out[DIGIT_PIXELS];
    drawing_fill(out, 1.0f);
    mnist_normalise(out, picture, 3, 4);
    assert_true(drawing_sum(out) == 0.0);
    mnist_normalise_centre(out);
    assert_true(drawing_sum(out) == 0.0);
}

/* The centre of mass is far from the middle of the box, and the edge of the image limits the
 * shift. */
TEST(the_foreground_never_leaves_the_image)
{
    float image[DIGIT_PIXELS];
    drawing_box(image, 0, 5, 4, 20);
    memset(image + 12 * SIDE, 0, SIDE * sizeof *image);
    for (size_t x = 0; x < 26; x++)
        image[12 * SIDE + x] = 0.02f;
    double sum = drawing_sum(image);
    mnist_normalise_centre(image);
    assert_true(drawing_sum(image) == sum);
    assert_true(image[12 * SIDE + 27] > 0.0f || image[13 * SIDE + 27] > 0.0f);
}

TEST(pixels_are_rounded_to_bytes)
{
    float image[DIGIT_PIXELS] = {0.0f, 1.0f, 0.5f, 0.6f / 255.0f, 0.4f / 255.0f};
    uint8_t bytes[DIGIT_PIXELS];
    mnist_normalise_bytes(bytes, image);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(bytes[1], 255);
    assert_int_equal(bytes[2], 128);
    assert_int_equal(bytes[3], 1);
    assert_int_equal(bytes[4], 0);
}

TEST_MAIN(cmocka_unit_test(a_small_foreground_is_enlarged_to_twenty_pixels),
          cmocka_unit_test(a_foreground_of_twenty_pixels_is_copied),
          cmocka_unit_test(a_wide_picture_is_reduced),
          cmocka_unit_test(a_blank_picture_stays_blank),
          cmocka_unit_test(the_foreground_never_leaves_the_image),
          cmocka_unit_test(pixels_are_rounded_to_bytes))
