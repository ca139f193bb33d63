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

TEST(contrast_clips_nothing_and_stays_within_its_range)
{
    const struct distort_ranges ranges = {.contrast_least = 0.25f};
    float least = 1.0f, lightest = 0.0f;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_box(image, 4, 4, 8, 8);
        distort_contrast(image, &ranges, &rng);
        float background = image[0], foreground = image[5 * DIGIT_SIDE_PX + 5];
        assert_true(background >= 0.0f && foreground <= 1.0f + 1e-6f);
        least = fminf(least, foreground - background);
        lightest = fmaxf(lightest, background);
    }
    assert_true(least >= 0.25f - 1e-6f && least < 0.3f);
    assert_true(lightest > 0.5f);
}

/* The contrast that is left is 1 minus the fog's depth, the same everywhere. */
TEST(fog_hides_no_more_than_its_depth)
{
    const struct distort_ranges ranges = {.fog_depth = 0.8f};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float dark[DIGIT_PIXELS], light[DIGIT_PIXELS];
        struct rng rng = generator(index), again = rng;
        drawing_fill(dark, 0.0f);
        drawing_fill(light, 1.0f);
        distort_fog(dark, &ranges, &rng);
        distort_fog(light, &ranges, &again);
        float left = light[0] - dark[0];
        assert_true(left > 0.2f - 1e-6f && left < 0.8f + 1e-6f);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            assert_float_equal(light[i] - dark[i], left, 1e-6f);
            assert_true(dark[i] >= 0.0f && light[i] <= 1.0f + 1e-6f);
        }
    }
}

/* On a black image, inverted pixels have a single grey level, in a band, margins or a frame. */
TEST(inversion_is_by_whole_rows_columns_or_a_frame)
{
    const struct distort_ranges ranges = {0};
    size_t bands = 0, frames = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS], share = 0.0f;
        size_t rows = 0, columns = 0;
        struct rng rng = generator(index);
        drawing_fill(image, 0.0f);
        distort_inverted(image, &ranges, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            share = fmaxf(share, image[i]);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] == 0.0f || image[i] == share);
        if (share == 0.0f)
            continue; /* two margins of width 0 */
        assert_true(share >= 0.5f);
        for (size_t i = 0; i < DIGIT_SIDE_PX; i++) {
            rows += image[i * DIGIT_SIDE_PX + 13] == share && image[i * DIGIT_SIDE_PX] == share;
            columns += image[13 * DIGIT_SIDE_PX + i] == share && image[i] == share;
        }
        bool is_frame = image[0] == share && image[13] == share &&
                        image[13 * DIGIT_SIDE_PX] == share &&
                        image[13 * DIGIT_SIDE_PX + 13] == 0.0f;
        frames += is_frame;
        bands += !is_frame && ((rows > 0) != (columns > 0));
    }
    assert_true(frames > IMAGES / 5 && bands > IMAGES / 2);
}

TEST(inverting_a_half_changes_nothing)
{
    const struct distort_ranges ranges = {0};
    float image[DIGIT_PIXELS];
    struct rng rng = generator(1);
    drawing_fill(image, 0.5f);
    distort_inverted(image, &ranges, &rng);
    assert_true(drawing_sum(image) == 392.0);
}

TEST_MAIN(cmocka_unit_test(contrast_clips_nothing_and_stays_within_its_range),
          cmocka_unit_test(fog_hides_no_more_than_its_depth),
          cmocka_unit_test(inversion_is_by_whole_rows_columns_or_a_frame),
          cmocka_unit_test(inverting_a_half_changes_nothing))
