#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/augment/distort/kinds.h"

#include "tests/test.h"

#define IMAGES 300

static struct rng generator(uint64_t index)
{
    return rng_make(5, RNG_WARP, index);
}

/* Shares are drawn from 0.02 to 0.3: on average 0.16 of all pixels change, half of them to
 * white. */
TEST(the_share_of_impulses_is_uniform_up_to_its_limit)
{
    const struct distort_ranges ranges = {.impulse_share = 0.3f};
    size_t white = 0, black = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        size_t changed = white + black;
        drawing_fill(image, 0.5f);
        distort_impulse(image, &ranges, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            white += image[i] == 1.0f;
            black += image[i] == 0.0f;
        }
        assert_true(white + black - changed < 0.37 * DIGIT_PIXELS); /* four deviations of 0.016 */
    }
    double all = (double)IMAGES * DIGIT_PIXELS;
    /* The deviation of the share is 0.08, that of its white part 0.29, over 300 images. */
    assert_float_equal((double)(white + black) / all, 0.16, 4.0 * 0.08 / sqrt(IMAGES));
    assert_float_equal((double)white / all, 0.08, 4.0 * 0.065 / sqrt(IMAGES));
}

/* Root mean square of the change of all pixels. */
static double deviation_of(distort_function *function, const struct distort_ranges *ranges,
                           float pixel)
{
    double squares = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, pixel);
        function(image, ranges, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            squares += (double)(image[i] - pixel) * (double)(image[i] - pixel);
    }
    return sqrt(squares / ((double)IMAGES * DIGIT_PIXELS));
}

TEST(noise_is_the_same_everywhere)
{
    const struct distort_ranges ranges = {.noise_deviation = 0.05f}; /* also the smallest */
    assert_float_equal(deviation_of(distort_noise, &ranges, 0.0f), 0.05, 0.0005);
    assert_float_equal(deviation_of(distort_noise, &ranges, 1.0f), 0.05, 0.0005);
}

TEST(grain_grows_with_the_square_root_of_brightness)
{
    const struct distort_ranges ranges = {.grain_deviation = 0.05f};
    assert_true(deviation_of(distort_grain, &ranges, 0.0f) == 0.0);
    assert_float_equal(deviation_of(distort_grain, &ranges, 0.25f), 0.025, 0.0003);
    assert_float_equal(deviation_of(distort_grain, &ranges, 1.0f), 0.05, 0.0005);
}

TEST_MAIN(cmocka_unit_test(the_share_of_impulses_is_uniform_up_to_its_limit),
          cmocka_unit_test(noise_is_the_same_everywhere),
          cmocka_unit_test(grain_grows_with_the_square_root_of_brightness))
