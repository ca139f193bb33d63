#include <stdbool.h>

#include "tests/trainer/augment/variants/variant_drawings.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"

#include "tests/test.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 300

static bool slash(float image[DIGIT_PIXELS], uint64_t index)
{
    struct rng rng = rng_make(5, RNG_VARIANT, index);
    return variant_slash(image, &all_variants, &rng);
}

/* The sum of the 7x7 pixels around a place. */
static float ink_near(const float image[DIGIT_PIXELS], size_t x, size_t y)
{
    float sum = 0.0f;
    for (size_t j = y - 3; j <= y + 3; j++)
        for (size_t i = x - 3; i <= x + 3; i++)
            sum += image[j * SIDE + i];
    return sum;
}

/* Nearly all of the slash that is inside lies in the lower left and the upper right. */
TEST(a_zero_gets_a_slash_from_the_lower_left_to_the_upper_right)
{
    size_t slashed = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float zero[DIGIT_PIXELS] = {0}, image[DIGIT_PIXELS] = {0};
        draw_ellipse(zero, 6.5f, 8.5f, 1.2f);
        draw_ellipse(image, 6.5f, 8.5f, 1.2f);
        if (!slash(image, index))
            continue;
        slashed++;
        assert_int_equal(topology_of(image).holes, 2);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] >= zero[i]);
        assert_true(ink_near(image, 17, 10) > ink_near(image, 11, 10) + 2.0f);
        assert_true(ink_near(image, 11, 18) > ink_near(image, 17, 18) + 2.0f);
    }
    assert_in_range(slashed, IMAGES / 2, IMAGES);
}

TEST(a_narrow_zero_and_one_that_is_not_closed_stay)
{
    float narrow[DIGIT_PIXELS] = {0}, open[DIGIT_PIXELS] = {0}, blank[DIGIT_PIXELS] = {0};
    draw_ellipse(narrow, 3.5f, 9.0f, 1.5f);
    draw_ellipse(open, 6.5f, 8.5f, 1.2f);
    for (size_t y = 0; y < 10; y++)
        open[y * SIDE + 14] = open[y * SIDE + 15] = 0.0f;
    assert_false(slash(narrow, 0));
    assert_false(slash(open, 0));
    assert_false(slash(blank, 0));
}

TEST_MAIN(cmocka_unit_test(a_zero_gets_a_slash_from_the_lower_left_to_the_upper_right),
          cmocka_unit_test(a_narrow_zero_and_one_that_is_not_closed_stay))
