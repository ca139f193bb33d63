#include <math.h>
#include <string.h>

#include "tests/trainer/augment/variants/variant_drawings.h"
#include "tests/trainer/drawings.h"
#include "trainer/augment/variants/kinds.h"

#include "tests/test.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 400

/* The stem is 3 px wide: pixels further left belong to the flag, which lies below the top. */
TEST(a_one_gets_a_sloping_flag_on_its_left)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    draw_one(one, 0.0f);
    size_t widest = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        size_t top = 0;
        assert_true(draw_variant(out, one, 1, index));
        assert_true(sum_of(out) > sum_of(one));
        while (row_width(out + top * SIDE) == 0)
            top++;
        /* The level bar of a seven would fill the second row. */
        assert_in_range(row_width(out + (top + 1) * SIDE), 2, 6);
        for (size_t y = top; y < top + 16; y++)
            widest = row_width(out + y * SIDE) > widest ? row_width(out + y * SIDE) : widest;
    }
    /* The longest flag, 0.8 of 18 px at 60 degrees, reaches 12.5 px to the left of the middle. */
    assert_in_range(widest, 13, 17);
}

/* The stem leans by 45 degrees, and the flag by 20 more: more level flags are not drawn, nor are
 * flags on stems that lean backwards. */
TEST(a_one_that_leans_too_far_has_no_variant)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    for (uint64_t index = 0; index < 20; index++) {
        draw_one(one, 16.0f);
        assert_false(draw_variant(out, one, 1, index));
        draw_one(one, -6.0f);
        assert_false(draw_variant(out, one, 1, index));
        draw_one(one, 8.0f);
        assert_true(draw_variant(out, one, 1, index));
    }
}

TEST(an_image_that_is_not_one_straight_stroke_gets_no_flag)
{
    float seven[DIGIT_PIXELS], blank[DIGIT_PIXELS] = {0};
    struct rng rng = rng_make(5, RNG_VARIANT, 0);
    drawing_seven(seven);
    assert_false(variant_flag(seven, &all_variants, &rng));
    assert_false(variant_flag(blank, &all_variants, &rng));
}

/* Where the flag ends: the leftmost stroke pixel, from the head of the stem at (13.5, 5.5). The
 * base line of a short flag does not reach that far. */
static void find_end(float *across_px, float *down_px, float longest, uint64_t index)
{
    float image[DIGIT_PIXELS] = {0};
    static const struct pen_point STEM[2] = {{13.5f, 5.5f}, {13.5f, 21.5f}};
    struct variant_settings settings = all_variants;
    struct rng rng = rng_make(5, RNG_VARIANT, index);
    settings.flag_length = longest;
    draw_polyline(image, STEM, 2, 1.25f);
    assert_true(variant_flag(image, &settings, &rng));
    size_t left = 0;
    while (image[left % SIDE * SIDE + left / SIDE] < 0.5f) /* column by column */
        left++;
    *across_px = 13.5f - (float)(left / SIDE);
    *down_px = (float)(left % SIDE) - 5.5f;
}

/* Flags that reach less far are short, and may have a base line. The stem is 18 px long. */
TEST(a_long_flag_is_steep)
{
    float longest = 0.0f, across, down;
    for (uint64_t index = 0; index < IMAGES; index++) {
        find_end(&across, &down, 1.2f, index);
        if (across < 9.0f)
            continue;
        longest = fmaxf(longest, hypotf(across, down));
        assert_true(down < 16.0f);
        if (hypotf(across, down) > 18.5f)
            assert_true(across < 1.5f * down);
    }
    assert_true(longest > 18.5f);
    for (uint64_t index = 0; index < IMAGES; index++) {
        find_end(&across, &down, 0.8f, index);
        assert_true(across < 9.0f || hypotf(across, down) < 17.5f);
    }
}

TEST_MAIN(cmocka_unit_test(a_one_gets_a_sloping_flag_on_its_left),
          cmocka_unit_test(a_one_that_leans_too_far_has_no_variant),
          cmocka_unit_test(an_image_that_is_not_one_straight_stroke_gets_no_flag),
          cmocka_unit_test(a_long_flag_is_steep))
