#include "trainer/augment/mixup.h"

#include "tests/test.h"

#define IMAGES 4000
#define OTHERS 5

static bool draw(struct mixup *out, float probability, float strength, uint64_t index)
{
    const struct mixup_settings ranges = {probability};
    struct rng rng = rng_make(5, RNG_MIXUP, index);
    return mixup_draw(out, &ranges, strength, OTHERS, &rng);
}

TEST(probability_and_strength_decide_how_many_are_blended)
{
    struct mixup mixup;
    size_t never = 0, half = 0, quarter = 0, always = 0;
    for (uint64_t i = 0; i < IMAGES; i++) {
        never += draw(&mixup, 0.0f, 1.0f, i);
        half += draw(&mixup, 0.5f, 1.0f, i);
        quarter += draw(&mixup, 0.5f, 0.5f, i);
        always += draw(&mixup, 1.0f, 1.0f, i);
    }
    assert_int_equal(never, 0);
    assert_in_range(half, IMAGES / 2 - 160, IMAGES / 2 + 160); /* five deviations */
    assert_in_range(quarter, IMAGES / 4 - 140, IMAGES / 4 + 140);
    assert_int_equal(always, IMAGES);
}

TEST(others_and_shares_up_to_a_half_are_drawn_uniformly)
{
    size_t drawn[OTHERS] = {0}, tenths[5] = {0};
    for (uint64_t i = 0; i < IMAGES; i++) {
        struct mixup mixup;
        assert_true(draw(&mixup, 1.0f, 1.0f, i));
        assert_in_range(mixup.other, 0, OTHERS - 1);
        assert_true(mixup.share >= 0.0f && mixup.share < 0.5f);
        drawn[mixup.other]++;
        tenths[(size_t)(10.0f * mixup.share)]++;
    }
    for (size_t i = 0; i < OTHERS; i++) {
        assert_in_range(drawn[i], IMAGES / 5 - 130, IMAGES / 5 + 130);
        assert_in_range(tenths[i], IMAGES / 5 - 130, IMAGES / 5 + 130);
    }
}

TEST(a_blended_pixel_is_the_weighted_mean_of_both)
{
    float image[DIGIT_PIXELS], other[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        image[i] = (float)(i % 5) / 4.0f;
        other[i] = (float)(i % 3) / 2.0f;
    }
    mixup_images(image, other, 0.25f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(image[i] == 0.75f * (float)(i % 5) / 4.0f + 0.25f * (float)(i % 3) / 2.0f);
}

TEST_MAIN(cmocka_unit_test(probability_and_strength_decide_how_many_are_blended),
          cmocka_unit_test(others_and_shares_up_to_a_half_are_drawn_uniformly),
          cmocka_unit_test(a_blended_pixel_is_the_weighted_mean_of_both))
