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

/* A bar 4 px wide becomes 3 to 6 px wide. */
TEST(strokes_become_thinner_and_thicker_within_the_range)
{
    const struct distort_ranges ranges = {.stroke_px = 2.0f};
    double least = 99.0, most = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_box(image, 12, 0, 15, 27);
        distort_stroke(image, &ranges, &rng);
        double width = 0.0;
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
            width += (double)image[14 * DIGIT_SIDE_PX + x];
        least = fmin(least, width);
        most = fmax(most, width);
    }
    assert_true(least >= 3.0 - 1e-5 && least < 3.1);
    assert_true(most <= 6.0 + 1e-5 && most > 5.9);
}

TEST(an_outline_is_the_ring_around_the_stroke)
{
    const struct distort_ranges ranges = {0};
    float image[DIGIT_PIXELS];
    struct rng rng = generator(0);
    drawing_box(image, 10, 8, 17, 19);
    distort_outline(image, &ranges, &rng);
    float ring = image[7 * DIGIT_SIDE_PX + 12];
    assert_true(ring >= 0.6f && ring <= 1.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX;
        bool within_x = x >= 10 && x <= 17, within_y = y >= 8 && y <= 19;
        bool is_ring = (within_x && (y == 7 || y == 20)) || (within_y && (x == 9 || x == 18));
        assert_true(image[i] == (is_ring ? ring : 0.0f));
    }
}

TEST_MAIN(cmocka_unit_test(strokes_become_thinner_and_thicker_within_the_range),
          cmocka_unit_test(an_outline_is_the_ring_around_the_stroke))
