#include <stdbool.h>

#include "tests/trainer/augment/variants/variant_drawings.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"

#include "tests/test.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 100

static const struct pen_point LEFT_ARM[3] = {{8, 5}, {7, 15}, {21, 15}};
static const struct pen_point SLANTED_ARM[3] = {{17, 5}, {7, 15}, {21, 15}};
static const struct pen_point STEM[2] = {{18, 5}, {17, 23}};

static bool vary(float image[DIGIT_PIXELS], uint64_t index)
{
    struct rng rng = rng_make(5, RNG_VARIANT, index);
    return variant_four(image, &all_variants, &rng);
}

/* The left arm becomes the slanted stroke of a closed four: nothing is left at its old top, and the
 * top is no level stroke as a nine has. */
TEST(an_open_four_is_closed)
{
    for (int i = 0; i < 4; i++) {
        float half_width_px = 0.8f + 0.3f * (float)i;
        float image[DIGIT_PIXELS] = {0};
        draw_polyline(image, LEFT_ARM, 3, half_width_px);
        draw_polyline(image, STEM, 2, half_width_px);
        assert_int_equal(topology_of(image).holes, 0);
        assert_true(vary(image, 0));
        assert_int_equal(topology_of(image).holes, 1);
        assert_int_equal(topology_of(image).strokes, 1);
        for (size_t y = 0; y < 8; y++)
            for (size_t x = 0; x < 11; x++)
                assert_true(image[y * SIDE + x] == 0.0f);
        assert_true(image[20 * SIDE + 17] > 0.9f && image[15 * SIDE + 19] > 0.9f);
    }
}

/* The cut is near the top, and all strokes still hang together. */
TEST(a_closed_four_is_opened)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS] = {0}, before[DIGIT_PIXELS] = {0};
        draw_polyline(image, SLANTED_ARM, 3, 1.0f);
        draw_polyline(image, STEM, 2, 1.0f);
        draw_polyline(before, SLANTED_ARM, 3, 1.0f);
        draw_polyline(before, STEM, 2, 1.0f);
        assert_int_equal(topology_of(image).holes, 1);
        assert_true(vary(image, index));
        assert_int_equal(topology_of(image).holes, 0);
        assert_int_equal(topology_of(image).strokes, 1);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(i / SIDE < 14 ? image[i] <= before[i] : image[i] == before[i]);
    }
}

/* Closed, a four whose bar ends at the stem would look like a nine. */
TEST(a_four_without_a_tail_gets_one)
{
    static const struct pen_point SHORT_BAR[3] = {{8, 5}, {7, 15}, {17, 15}};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS] = {0};
        draw_polyline(image, SHORT_BAR, 3, 1.0f);
        draw_polyline(image, STEM, 2, 1.0f);
        assert_true(image[15 * SIDE + 20] < 0.1f);
        assert_true(vary(image, index));
        assert_true(image[15 * SIDE + 20] > 0.9f);
    }
}

/* Closed, a flat four would look like a nine; a cross and two strokes are no four. */
TEST(what_is_no_four_of_that_kind_stays)
{
    static const struct pen_point FLAT_ARM[3] = {{4, 9}, {4, 15}, {21, 15}};
    static const struct pen_point FLAT_STEM[2] = {{18, 9}, {17, 23}};
    static const struct pen_point APART[2] = {{8, 5}, {8, 20}};
    static const struct pen_point LEVEL[2] = {{7, 13}, {20, 13}};
    float flat[DIGIT_PIXELS] = {0}, cross[DIGIT_PIXELS] = {0}, two[DIGIT_PIXELS] = {0};
    float blank[DIGIT_PIXELS] = {0};
    draw_polyline(flat, FLAT_ARM, 3, 1.0f);
    draw_polyline(flat, FLAT_STEM, 2, 1.0f);
    draw_polyline(cross, STEM, 2, 1.0f);
    draw_polyline(cross, LEVEL, 2, 1.0f);
    draw_polyline(two, STEM, 2, 1.0f);
    draw_polyline(two, APART, 2, 1.0f);
    assert_false(vary(flat, 0));
    assert_false(vary(cross, 0));
    assert_false(vary(two, 0));
    assert_false(vary(blank, 0));
}

TEST_MAIN(cmocka_unit_test(an_open_four_is_closed), cmocka_unit_test(a_closed_four_is_opened),
          cmocka_unit_test(a_four_without_a_tail_gets_one),
          cmocka_unit_test(what_is_no_four_of_that_kind_stays))
