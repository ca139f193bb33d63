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

static size_t count_changed(const float image[DIGIT_PIXELS], float was)
{
    size_t changed = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        changed += image[i] != was;
    return changed;
}

TEST(boxes_stay_within_their_size_and_half_are_dark)
{
    const struct distort_ranges ranges = {.box_px = 9.0f};
    size_t dark = 0, largest = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 2.0f);
        distort_box(image, &ranges, &rng);
        size_t area = count_changed(image, 2.0f);
        assert_in_range(area, 3 * 3, 8 * 8);
        largest = area > largest ? area : largest;
        dark += 2.0 * (double)(DIGIT_PIXELS - area) == drawing_sum(image);
    }
    assert_true(largest == 8 * 8);
    assert_in_range(dark, 150 - 35, 150 + 35); /* four deviations of 8.7 */
}

TEST(a_box_may_fill_the_image_or_be_one_pixel)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        const struct distort_ranges ranges = {.box_px = index % 2 == 0 ? 28.0f : 1.0f};
        drawing_fill(image, 2.0f);
        distort_box(image, &ranges, &rng);
        assert_in_range(count_changed(image, 2.0f), 1, index % 2 == 0 ? DIGIT_PIXELS : 1);
    }
}

TEST(blots_are_small_and_within_their_number)
{
    const struct distort_ranges ranges = {.blob_count = 3.0f};
    size_t most = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 0.5f);
        distort_blobs(image, &ranges, &rng);
        size_t area = count_changed(image, 0.5f);
        most = area > most ? area : most;
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] >= 0.0f && image[i] <= 1.0f);
    }
    /* A disc of radius 2.6 with its soft edge lies in one of radius 3.1: 30 px and partial
     * pixels. */
    assert_true(most > 30 && most < 3 * 38);
}

TEST_MAIN(cmocka_unit_test(boxes_stay_within_their_size_and_half_are_dark),
          cmocka_unit_test(a_box_may_fill_the_image_or_be_one_pixel),
          cmocka_unit_test(blots_are_small_and_within_their_number))
