#include "trainer/eval/mnist_c/gaussian.h"

#include <math.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"

/* For sums of a few hundred float32 products. */
#define TOLERANCE 1e-5f

static float at(const float image[DIGIT_PIXELS], size_t x, size_t y)
{
    return image[y * DIGIT_SIDE_PX + x];
}

TEST(a_dot_becomes_the_kernel)
{
    float image[DIGIT_PIXELS];
    drawing_dot(image, 13, 13);
    gaussian_both(image, 1.0f, GAUSSIAN_ZEROS);
    assert_float_equal(drawing_sum(image), 1.0, TOLERANCE);
    assert_float_equal(at(image, 14, 13) / at(image, 13, 13), expf(-0.5f), TOLERANCE);
    assert_float_equal(at(image, 14, 15) / at(image, 13, 13), expf(-2.5f), TOLERANCE);
    assert_true(at(image, 17, 13) > 0.0f && at(image, 18, 13) == 0.0f); /* four deviations */
}

TEST(columns_are_smoothed_independently)
{
    float image[DIGIT_PIXELS];
    drawing_dot(image, 13, 13);
    gaussian_columns(image, 0.7f, GAUSSIAN_ZEROS);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(image[i] == 0.0f || i % DIGIT_SIDE_PX == 13);
    assert_true(at(image, 13, 16) > 0.0f && at(image, 13, 17) == 0.0f);
}

TEST(the_nearest_pixel_continues_a_uniform_image)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 0.75f);
    gaussian_both(image, GAUSSIAN_MAX_DEVIATION_PX, GAUSSIAN_NEAREST);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_float_equal(image[i], 0.75f, TOLERANCE);
}

TEST(zeros_darken_the_edges)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 1.0f);
    gaussian_both(image, 1.0f, GAUSSIAN_ZEROS);
    assert_float_equal(at(image, 13, 13), 1.0f, TOLERANCE);
    /* Half of the kernel lies inside, with its middle weight, 0.3989. */
    assert_float_equal(at(image, 0, 13), 0.5f + 0.3989f / 2.0f, 1e-3f);
}

TEST_MAIN(cmocka_unit_test(a_dot_becomes_the_kernel),
          cmocka_unit_test(columns_are_smoothed_independently),
          cmocka_unit_test(the_nearest_pixel_continues_a_uniform_image),
          cmocka_unit_test(zeros_darken_the_edges))
