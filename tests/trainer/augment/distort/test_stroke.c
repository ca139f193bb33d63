#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/augment/distort/kinds.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/topology.h"

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

/* A bar 4 px wide and 20 px long becomes up to 8 px wider, and then 20 / 28 of that. */
TEST(a_marker_draws_thick_strokes_of_the_same_length)
{
    const struct distort_ranges ranges = {.marker_px = 8.0f};
    double least = 99.0, most = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_box(image, 12, 4, 15, 23);
        distort_marker(image, &ranges, &rng);
        double width = 0.0, length = 0.0;
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
            width += (double)image[14 * DIGIT_SIDE_PX + x];
            length += (double)image[x * DIGIT_SIDE_PX + 14];
        }
        assert_true(length > 19.0 && length < 21.5);
        least = fmin(least, width);
        most = fmax(most, width);
    }
    assert_true(least > 4.5 && least < 5.5);
    assert_true(most > 8.0 && most < 9.5);
}

/* A circle whose hole is 6 px wide. */
TEST(a_marker_leaves_holes_open)
{
    const struct distort_ranges ranges = {.marker_px = 10.0f};
    size_t smallest = DIGIT_PIXELS;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS] = {0};
        struct rng rng = generator(index);
        for (int k = 0; k < 32; k++) {
            float from = 0.19635f * (float)k, to = 0.19635f * (float)(k + 1);
            pen_line(image, (struct pen_point){14 + 4.5f * cosf(from), 14 + 8 * sinf(from)},
                     (struct pen_point){14 + 4.5f * cosf(to), 14 + 8 * sinf(to)},
                     &(struct pen){1.5f, 1.0f});
        }
        distort_marker(image, &ranges, &rng);
        assert_int_equal(topology_of(image).holes, 1);
        size_t hole = topology_of(image).hole_pixels;
        smallest = hole < smallest ? hole : smallest;
    }
    assert_in_range(smallest, 1, 12);
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
          cmocka_unit_test(a_marker_draws_thick_strokes_of_the_same_length),
          cmocka_unit_test(a_marker_leaves_holes_open),
          cmocka_unit_test(an_outline_is_the_ring_around_the_stroke))
