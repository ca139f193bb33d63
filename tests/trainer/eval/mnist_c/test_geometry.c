#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

#define IMAGES 40

typedef void corruption_function(float image[DIGIT_PIXELS], struct rng *rng);

static void corrupt(float image[DIGIT_PIXELS], corruption_function *function, uint64_t index)
{
    struct rng rng = rng_make(1, RNG_CORRUPT, index);
    function(image, &rng);
}

/* A square of 3x3 px around (x, y). */
static void draw_square(float out[DIGIT_PIXELS], size_t x, size_t y)
{
    drawing_box(out, x - 1, y - 1, x + 1, y + 1);
}

TEST(translation_is_by_three_pixels_in_four_directions)
{
    bool seen[2][2] = {{false}};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        draw_square(image, 13, 13);
        corrupt(image, corrupt_translate, index);
        drawing_centre(&x, &y, image);
        assert_float_equal(fabs(x + 0.5), 3.0, 1e-6);
        assert_float_equal(fabs(y + 0.5), 3.0, 1e-6);
        assert_float_equal(drawing_sum(image), 9.0, 1e-5);
        seen[x > 0.0][y > 0.0] = true;
    }
    assert_true(seen[0][0] && seen[0][1] && seen[1][0] && seen[1][1]);
}

TEST(pixels_that_leave_the_image_are_lost)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 1.0f);
    corrupt(image, corrupt_translate, 0);
    assert_true(drawing_sum(image) == 25.0 * 25.0);
}

TEST(scale_shrinks_to_seven_tenths_about_the_centre)
{
    float image[DIGIT_PIXELS];
    double x, y;
    drawing_box(image, 4, 9, 23, 18); /* 20 by 10 around the centre */
    corrupt(image, corrupt_scale, 0);
    drawing_centre(&x, &y, image);
    assert_float_equal(x, 0.0, 1e-5);
    assert_float_equal(y, 0.0, 1e-5);
    assert_float_equal(drawing_sum(image), 200.0 * 0.49, 2.0); /* resampling is not exact */
}

/* A square 9.5 px to the right of the centre and half a pixel above it. */
TEST(rotation_is_by_four_tenths_of_a_radian_in_both_directions)
{
    bool seen[2] = {false};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        draw_square(image, 23, 13);
        corrupt(image, corrupt_rotate, index);
        drawing_centre(&x, &y, image);
        double angle = atan2(y, x) - atan2(-0.5, 9.5);
        assert_float_equal(fabs(angle), 0.4, 0.01); /* bilinear weights are good to 0.1 px */
        seen[angle > 0.0] = true;
    }
    assert_true(seen[0] && seen[1]);
}

/* A square 8.5 px above the centre is sampled at cos(0.4) of its height: it moves away from the
 * centre. */
TEST(shear_leans_and_stretches)
{
    bool seen[2] = {false};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        draw_square(image, 13, 5);
        corrupt(image, corrupt_shear, index);
        drawing_centre(&x, &y, image);
        assert_float_equal(y, -8.5 / cos(0.4), 0.1);
        assert_float_equal(fabs(x + 0.5), 8.5 * tan(0.4), 0.1);
        seen[x > 0.0] = true;
    }
    assert_true(seen[0] && seen[1]);
}

TEST_MAIN(cmocka_unit_test(translation_is_by_three_pixels_in_four_directions),
          cmocka_unit_test(pixels_that_leave_the_image_are_lost),
          cmocka_unit_test(scale_shrinks_to_seven_tenths_about_the_centre),
          cmocka_unit_test(rotation_is_by_four_tenths_of_a_radian_in_both_directions),
          cmocka_unit_test(shear_leans_and_stretches))
