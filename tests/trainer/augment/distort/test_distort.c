#include "trainer/augment/distort/distort.h"

#include <math.h>
#include <stdbool.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"
#include "trainer/augment/clamp.h"
#include "trainer/augment/distort/kinds.h"

#define IMAGES 2000

/* Every distortion, each in half of the images. */
static const struct distort_ranges ALL = {
    .probability = 1.0f,
    .stroke_probability = 0.5f,
    .stroke_px = 2.0f,
    .marker_probability = 0.5f,
    .marker_px = 10.0f,
    .outline_probability = 0.5f,
    .box_probability = 0.5f,
    .box_px = 28.0f,
    .blobs_probability = 0.5f,
    .blob_count = 10.0f,
    .lines_probability = 0.5f,
    .line_count = 3.0f,
    .ruled_probability = 0.5f,
    .shuffle_probability = 0.5f,
    .shuffle_px = 3.0f,
    .motion_probability = 0.5f,
    .motion_px = 28.0f,
    .defocus_probability = 0.5f,
    .defocus_px = 5.0f,
    .blur_probability = 0.5f,
    .blur_px = 3.0f,
    .resolution_probability = 0.5f,
    .resolution_px = 4.0f,
    .contrast_probability = 0.5f,
    .fog_probability = 0.5f,
    .fog_depth = 1.0f,
    .inverted_probability = 0.5f,
    .impulse_probability = 0.5f,
    .impulse_share = 1.0f,
    .grain_probability = 0.5f,
    .grain_deviation = 2.0f,
    .noise_probability = 0.5f,
    .noise_deviation = 2.0f,
};

static void distort(float out[DIGIT_PIXELS], const struct distort_ranges *ranges, float strength,
                    uint64_t index)
{
    struct rng rng = rng_make(5, RNG_WARP, index);
    drawing_seven(out);
    distort_image(out, ranges, strength, &rng);
}

static size_t count_changed(const struct distort_ranges *ranges, float strength)
{
    float seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    size_t changed = 0;
    drawing_seven(seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        distort(out, ranges, strength, index);
        changed += !drawing_is_same(out, seven);
    }
    return changed;
}

TEST(with_probability_zero_nothing_changes)
{
    struct distort_ranges ranges = ALL;
    assert_int_equal(count_changed(&ranges, 0.0f), 0);
    ranges.probability = 0.0f;
    assert_int_equal(count_changed(&ranges, 1.0f), 0);
    const struct distort_ranges kinds_off = {.probability = 1.0f, .box_px = 9.0f};
    assert_int_equal(count_changed(&kinds_off, 1.0f), 0);
}

TEST(without_distortion_no_random_number_is_drawn)
{
    const struct distort_ranges none = {0};
    float image[DIGIT_PIXELS] = {0};
    struct rng rng = rng_make(5, RNG_WARP, 0), before = rng;
    distort_image(image, &none, 1.0f, &rng);
    assert_true(rng.state == before.state);
}

/* Noise is the last kind: the image is the same whether the ones before it have ranges or not, as
 * they draw nothing while their probability is 0. */
TEST(a_kind_with_probability_zero_draws_no_random_number)
{
    const struct distort_ranges noise = {
        .probability = 1.0f, .noise_probability = 1.0f, .noise_deviation = 0.3f};
    struct distort_ranges others = noise;
    others.marker_px = 6.0f;
    others.defocus_px = 3.0f;
    others.resolution_px = 8.0f;
    float image[DIGIT_PIXELS], expected[DIGIT_PIXELS];
    struct rng rng = rng_make(5, RNG_WARP, 1);
    drawing_seven(expected);
    (void)rng_uniform(&rng);
    (void)rng_uniform(&rng);
    distort_noise(expected, &noise, &rng);
    clamp_image(expected);
    distort(image, &others, 1.0f, 1);
    assert_true(drawing_is_same(image, expected));
}

TEST(the_same_random_numbers_give_the_same_image)
{
    float first[DIGIT_PIXELS], again[DIGIT_PIXELS], other[DIGIT_PIXELS];
    distort(first, &ALL, 1.0f, 8);
    distort(other, &ALL, 1.0f, 9);
    distort(again, &ALL, 1.0f, 8);
    assert_true(drawing_is_same(first, again));
    assert_false(drawing_is_same(first, other));
}

TEST(values_stay_from_zero_to_one)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float out[DIGIT_PIXELS];
        distort(out, &ALL, 1.0f, index);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(out[i] >= 0.0f && out[i] <= 1.0f);
    }
}

/* Noise changes every image that it is applied to. */
TEST(strength_scales_how_many_images_are_distorted)
{
    const struct distort_ranges ranges = {
        .probability = 0.8f, .noise_probability = 0.5f, .noise_deviation = 0.3f};
    /* 0.4 and 0.2 of 2,000, within four deviations of 22 and 18. */
    assert_in_range(count_changed(&ranges, 1.0f), 800 - 88, 800 + 88);
    assert_in_range(count_changed(&ranges, 0.5f), 400 - 72, 400 + 72);
}

TEST_MAIN(cmocka_unit_test(with_probability_zero_nothing_changes),
          cmocka_unit_test(without_distortion_no_random_number_is_drawn),
          cmocka_unit_test(a_kind_with_probability_zero_draws_no_random_number),
          cmocka_unit_test(the_same_random_numbers_give_the_same_image),
          cmocka_unit_test(values_stay_from_zero_to_one),
          cmocka_unit_test(strength_scales_how_many_images_are_distorted))
