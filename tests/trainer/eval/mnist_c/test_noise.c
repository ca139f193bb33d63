#include <math.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

#define IMAGES 200

static struct rng generator(uint64_t index)
{
    return rng_make(1, RNG_CORRUPT, index);
}

TEST(shot_noise_has_multiples_of_a_third_and_keeps_the_mean)
{
    double sum = 0.0, squares = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 0.5f);
        corrupt_shot_noise(image, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            float photons = 3.0f * image[i];
            assert_float_equal(photons, roundf(photons), 1e-5f);
            sum += (double)image[i];
            squares += (double)(image[i] - 0.5f) * (double)(image[i] - 0.5f);
        }
    }
    /* A Poisson number of mean 1.5 has a variance of 1.5, a ninth of that after division by three.
     * The mean of 156,800 pixels has a deviation of 0.001. */
    assert_float_equal(sum / (IMAGES * DIGIT_PIXELS), 0.5, 0.004);
    assert_float_equal(squares / (IMAGES * DIGIT_PIXELS), 1.5 / 9.0, 0.004);
}

TEST(shot_noise_leaves_background_unchanged)
{
    float image[DIGIT_PIXELS];
    struct rng rng = generator(0);
    drawing_fill(image, 0.0f);
    corrupt_shot_noise(image, &rng);
    assert_true(drawing_sum(image) == 0.0);
}

TEST(a_sixth_of_the_pixels_turns_black_or_white)
{
    size_t black = 0, white = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 0.5f);
        corrupt_impulse_noise(image, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            black += image[i] == 0.0f;
            white += image[i] == 1.0f;
            assert_true(image[i] == 0.0f || image[i] == 0.5f || image[i] == 1.0f);
        }
    }
    /* 0.085 of 156,800 each, within five deviations of 110. */
    assert_in_range(black, 13328 - 552, 13328 + 552);
    assert_in_range(white, 13328 - 552, 13328 + 552);
}

TEST_MAIN(cmocka_unit_test(shot_noise_has_multiples_of_a_third_and_keeps_the_mean),
          cmocka_unit_test(shot_noise_leaves_background_unchanged),
          cmocka_unit_test(a_sixth_of_the_pixels_turns_black_or_white))
