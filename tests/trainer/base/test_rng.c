#include "trainer/base/rng.h"

#include <math.h>

#include "tests/test.h"

/*
 * Seeds are fixed, so every check gives the same result in every run. The tolerances are five
 * standard deviations of a perfect generator's results: about one seed in two million would fail.
 */
#define DRAWS     100000
#define DEVIATION 5.0

TEST(equal_seed_purpose_and_index_give_equal_numbers)
{
    struct rng a = rng_make(7, RNG_WARP, 42), b = rng_make(7, RNG_WARP, 42);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_u64(&a) == rng_u64(&b));
}

/* The output of Vigna's splitmix64.c from state 1234567. */
TEST(the_sequence_is_that_of_splitmix64)
{
    static const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
                                        9817491932198370423u, 4593380528125082431u,
                                        16408922859458223821u};
    struct rng rng = {1234567};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(rng_u64(&rng) == expected[i]);
}

/* Models are reproduced from their seeds, so the start of a stream must never change. */
TEST(the_start_of_a_stream_does_not_change)
{
    struct rng rng = rng_make(1, RNG_INITIALISE, 0);
    assert_true(rng_u64(&rng) == 0x0b76709ead0826f0u);
}

TEST(streams_differ_by_seed_purpose_and_index)
{
    const struct rng streams[] = {
        rng_make(1, RNG_INITIALISE, 0), rng_make(2, RNG_INITIALISE, 0),
        rng_make(0, RNG_INITIALISE, 0), rng_make(1, RNG_SHUFFLE, 0),
        rng_make(1, RNG_WARP, 0),       rng_make(1, RNG_DROPOUT, 0),
        rng_make(1, RNG_SPLIT, 0),      rng_make(1, RNG_INITIALISE, 1),
        rng_make(1, RNG_INITIALISE, 2), rng_make(1, RNG_INITIALISE, UINT64_MAX),
    };
    enum { STREAMS = sizeof streams / sizeof *streams, LENGTH = 64 };
    uint64_t numbers[STREAMS][LENGTH];
    for (size_t i = 0; i < STREAMS; i++) {
        struct rng rng = streams[i];
        for (size_t j = 0; j < LENGTH; j++)
            numbers[i][j] = rng_u64(&rng);
    }
    /* At any position: the streams do not overlap. */
    for (size_t i = 0; i < STREAMS * LENGTH; i++)
        for (size_t j = i + 1; j < STREAMS * LENGTH; j++)
            assert_true(numbers[i / LENGTH][i % LENGTH] != numbers[j / LENGTH][j % LENGTH]);
}

TEST(every_bit_is_set_half_the_time)
{
    struct rng rng = rng_make(1, RNG_SHUFFLE, 0);
    size_t set[64] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        uint64_t number = rng_u64(&rng);
        for (size_t bit = 0; bit < 64; bit++)
            set[bit] += number >> bit & 1;
    }
    for (size_t bit = 0; bit < 64; bit++)
        assert_true(fabs((double)set[bit] - DRAWS / 2.0) < DEVIATION * sqrt(DRAWS * 0.25));
}

TEST(below_is_in_range_and_unbiased)
{
    static const uint32_t bounds[] = {1, 2, 3, 7, 10, 64};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct rng rng = rng_make(3, RNG_SPLIT, i);
        size_t counts[64] = {0};
        for (size_t draw = 0; draw < DRAWS; draw++) {
            uint32_t number = rng_below(&rng, bounds[i]);
            assert_true(number < bounds[i]);
            counts[number]++;
        }
        double p = 1.0 / bounds[i];
        for (size_t n = 0; n < bounds[i]; n++)
            assert_true(fabs((double)counts[n] - DRAWS * p) <=
                        DEVIATION * sqrt(DRAWS * p * (1.0 - p)));
    }
}

/* For the bound 3 * 2^30, taking the remainder of 32 bits would favour the lowest third, and
   multiplication without rejection would favour one number in three. */
TEST(below_is_unbiased_for_a_bound_that_does_not_divide_the_range)
{
    const uint32_t bound = 3221225472u;
    struct rng rng = rng_make(4, RNG_SPLIT, 0);
    size_t thirds[3] = {0}, remainders[3] = {0};
    for (size_t draw = 0; draw < DRAWS; draw++) {
        uint32_t number = rng_below(&rng, bound);
        assert_true(number < bound);
        thirds[number / (bound / 3)]++;
        remainders[number % 3]++;
    }
    for (size_t i = 0; i < 3; i++) {
        double tolerance = DEVIATION * sqrt(DRAWS * 2.0 / 9.0);
        assert_true(fabs((double)thirds[i] - DRAWS / 3.0) < tolerance);
        assert_true(fabs((double)remainders[i] - DRAWS / 3.0) < tolerance);
    }
}

TEST(uniform_numbers_cover_zero_to_one_evenly)
{
    struct rng rng = rng_make(5, RNG_WARP, 0);
    double sum = 0.0, squares = 0.0;
    size_t bins[16] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        float u = rng_uniform(&rng);
        assert_true(u >= 0.0f && u < 1.0f);
        sum += u;
        squares += (double)u * u;
        bins[(size_t)(u * 16.0f)]++;
    }
    /* The variance of u is 1/12, that of its square 1/5 - 1/9. */
    assert_true(fabs(sum / DRAWS - 0.5) < DEVIATION * sqrt(1.0 / 12.0 / DRAWS));
    assert_true(fabs(squares / DRAWS - 1.0 / 3.0) < DEVIATION * sqrt(4.0 / 45.0 / DRAWS));
    for (size_t i = 0; i < 16; i++)
        assert_true(fabs((double)bins[i] - DRAWS / 16.0) < DEVIATION * sqrt(DRAWS * 15.0 / 256.0));
}

TEST(range_draws_from_low_to_high)
{
    struct rng rng = rng_make(6, RNG_WARP, 0);
    float least = 1e9f, most = -1e9f;
    for (size_t i = 0; i < DRAWS; i++) {
        float x = rng_range(&rng, -3.0f, 5.0f);
        assert_true(x >= -3.0f && x <= 5.0f);
        least = fminf(least, x);
        most = fmaxf(most, x);
    }
    /* The probability that no draw falls within 0.01 of an end is below e^-100. */
    assert_true(least < -2.99f && most > 4.99f);
}

TEST(normal_numbers_have_the_moments_of_a_normal_distribution)
{
    struct rng rng = rng_make(8, RNG_WARP, 0);
    double sums[5] = {0};
    size_t within_one = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        double x = (double)rng_normal(&rng);
        assert_true(isfinite(x));
        for (int power = 1; power <= 4; power++)
            sums[power] += pow(x, power);
        within_one += fabs(x) < 1.0;
    }
    /* E x^n is 0, 1, 0, 3; the variances of x^n are 1, 2, 15 and 96. */
    static const double means[5] = {0, 0, 1, 0, 3}, variances[5] = {0, 1, 2, 15, 96};
    for (int power = 1; power <= 4; power++)
        assert_true(fabs(sums[power] / DRAWS - means[power]) <
                    DEVIATION * sqrt(variances[power] / DRAWS));
    double p = 0.682689492;
    assert_true(fabs((double)within_one / DRAWS - p) < DEVIATION * sqrt(p * (1.0 - p) / DRAWS));
}

TEST_MAIN(cmocka_unit_test(equal_seed_purpose_and_index_give_equal_numbers),
          cmocka_unit_test(the_sequence_is_that_of_splitmix64),
          cmocka_unit_test(the_start_of_a_stream_does_not_change),
          cmocka_unit_test(streams_differ_by_seed_purpose_and_index),
          cmocka_unit_test(every_bit_is_set_half_the_time),
          cmocka_unit_test(below_is_in_range_and_unbiased),
          cmocka_unit_test(below_is_unbiased_for_a_bound_that_does_not_divide_the_range),
          cmocka_unit_test(uniform_numbers_cover_zero_to_one_evenly),
          cmocka_unit_test(range_draws_from_low_to_high),
          cmocka_unit_test(normal_numbers_have_the_moments_of_a_normal_distribution))
