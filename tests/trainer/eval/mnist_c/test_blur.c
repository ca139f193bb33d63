#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

#define IMAGES 200

static void blur_as_glass(float image[DIGIT_PIXELS], uint64_t index)
{
    struct rng rng = rng_make(1, RNG_CORRUPT, index);
    corrupt_glass_blur(image, &rng);
}

static void blur_by_motion(float image[DIGIT_PIXELS], uint64_t index)
{
    struct rng rng = rng_make(1, RNG_CORRUPT, index);
    corrupt_motion_blur(image, &rng);
}

TEST(glass_blur_scatters_pixels_and_keeps_the_sum)
{
    float seven[DIGIT_PIXELS], image[DIGIT_PIXELS];
    drawing_seven(seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        drawing_seven(image);
        blur_as_glass(image, index);
        assert_false(drawing_is_same(image, seven));
        /* Pixels are swapped; each of the 784 loses up to 1/255 to rounding. */
        assert_float_equal(drawing_sum(image), drawing_sum(seven), 784.0 / 255.0);
    }
}

/* Each of the two passes may move a dot up and left many times, but right and down only by one. */
TEST(glass_blur_moves_a_dot_up_and_left_or_by_one)
{
    bool stays = false, leaves = false;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        drawing_dot(image, 13, 13);
        blur_as_glass(image, index);
        double in_column = 0.0;
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            assert_true(image[i] == 0.0f || i % DIGIT_SIDE_PX <= 15);
            in_column += i % DIGIT_SIDE_PX == 13 ? (double)image[i] : 0.0;
        }
        stays = stays || in_column > 0.9;
        leaves = leaves || in_column == 0.0;
    }
    assert_true(stays && leaves);
}

/* The blur of a dot has the shape of the trail, weighted by half a Gaussian. */
TEST(motion_blur_draws_a_one_sided_trail)
{
    double highest = 0.0, lowest = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        drawing_dot(image, 20, 14);
        blur_by_motion(image, index);
        drawing_centre(&x, &y, image);
        assert_true(image[14 * DIGIT_SIDE_PX + 20] > 0.22f); /* the first weight is 0.235 */
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] == 0.0f || i % DIGIT_SIDE_PX <= 20);
        highest = fmax(highest, y - 0.5);
        lowest = fmin(lowest, y - 0.5);
        assert_true(x - 6.5 < -1.0 && fabs(y - 0.5) <= fabs(x - 6.5) + 0.5);
    }
    assert_true(highest > 1.0 && lowest < -1.0); /* both above and below the horizontal */
}

TEST(a_uniform_image_stays_uniform)
{
    float image[DIGIT_PIXELS];
    drawing_fill(image, 1.0f);
    blur_by_motion(image, 3);
    blur_as_glass(image, 3);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_float_equal(image[i], 1.0f, 1.1f / 255.0f); /* glass rounds down to 8 bits */
}

TEST_MAIN(cmocka_unit_test(glass_blur_scatters_pixels_and_keeps_the_sum),
          cmocka_unit_test(glass_blur_moves_a_dot_up_and_left_or_by_one),
          cmocka_unit_test(motion_blur_draws_a_one_sided_trail),
          cmocka_unit_test(a_uniform_image_stays_uniform))
