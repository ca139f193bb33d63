#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/augment/distort/brightness.h"
#include "trainer/augment/distort/kinds.h"

#include "tests/test.h"

#define IMAGES 300

static struct rng generator(uint64_t index)
{
    return rng_make(5, RNG_WARP, index);
}

/* Variance along x of an image as a distribution: the blur of a dot. */
static double variance_of(const float image[DIGIT_PIXELS])
{
    double x, y, sum = 0.0;
    drawing_centre(&x, &y, image);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        double column = (double)(i % DIGIT_SIDE_PX) - 13.5;
        sum += (double)image[i] * (column - x) * (column - x);
    }
    return sum / drawing_sum(image);
}

TEST(a_blur_spreads_by_up_to_its_deviation_and_keeps_the_sum)
{
    const struct distort_ranges ranges = {.blur_px = 1.5f};
    double most = 0.0, least = 9.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_dot(image, 13, 13);
        distort_blur(image, &ranges, &rng);
        assert_float_equal(drawing_sum(image), 1.0, 1e-5);
        most = fmax(most, sqrt(variance_of(image)));
        least = fmin(least, sqrt(variance_of(image)));
    }
    assert_true(most > 1.48 && most < 1.5 + 1e-5);
    assert_true(least < 0.32 && least > 0.3 - 1e-5);
}

TEST(motion_blur_is_symmetric)
{
    const struct distort_ranges ranges = {.motion_px = 7.0f};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        struct rng rng = generator(index);
        drawing_dot(image, 13, 13);
        distort_motion(image, &ranges, &rng);
        drawing_centre(&x, &y, image);
        assert_float_equal(drawing_sum(image), 1.0, 1e-5);
        assert_true(fabs(x + 0.5) <= 0.5 && fabs(y + 0.5) <= 0.5); /* steps are whole pixels */
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] == 0.0f || image[i] > 0.14f); /* seven parts at most */
    }
}

/* A dot becomes a disc of one brightness, but for its edge, which is as bright as the dot was. */
TEST(a_disc_out_of_focus_is_as_bright_as_before)
{
    const struct distort_ranges ranges = {.defocus_px = 4.0f};
    double largest = 0.0, smallest = 99.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        double x, y;
        struct rng rng = generator(index);
        drawing_dot(image, 13, 13);
        distort_defocus(image, &ranges, &rng);
        drawing_centre(&x, &y, image);
        assert_true(fabs(x + 0.5) < 1e-5 && fabs(y + 0.5) < 1e-5);
        assert_float_equal(brightest_pixel(image), 1.0f, 1e-5f);
        double radius = sqrt(drawing_sum(image) / 3.14159);
        largest = fmax(largest, radius);
        smallest = fmin(smallest, radius);
    }
    assert_true(largest > 3.8 && largest < 4.1);
    assert_true(smallest > 0.7 && smallest < 1.0);
}

TEST(shuffled_pixels_come_from_nearby)
{
    const struct distort_ranges ranges = {.shuffle_px = 2.0f};
    double sum = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_dot(image, 13, 13);
        distort_shuffle(image, &ranges, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX;
            if (image[i] > 0.0f) { /* 2 px, and 1 px of blur */
                assert_in_range(x, 10, 16);
                assert_in_range(y, 10, 16);
            }
        }
        sum += drawing_sum(image);
    }
    /* On average the dot is taken once. The deviation is about 1 in each of 300 images. */
    assert_float_equal(sum / IMAGES, 1.0, 0.25);
}

TEST_MAIN(cmocka_unit_test(a_blur_spreads_by_up_to_its_deviation_and_keeps_the_sum),
          cmocka_unit_test(motion_blur_is_symmetric),
          cmocka_unit_test(a_disc_out_of_focus_is_as_bright_as_before),
          cmocka_unit_test(shuffled_pixels_come_from_nearby))
