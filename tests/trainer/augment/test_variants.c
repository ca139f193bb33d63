#include "trainer/augment/variants.h"

#include <math.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"
#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/pen.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 400

static const struct variant_settings ALL = {1.0f, 1.0f};

/* A one whose foot is lean_px to the left of its head. */
static void draw_one(uint8_t out[DIGIT_PIXELS], float lean_px)
{
    float image[DIGIT_PIXELS] = {0};
    pen_line(image, (struct pen_point){13.5f + 0.5f * lean_px, 5.5f},
             (struct pen_point){13.5f - 0.5f * lean_px, 21.5f}, &(struct pen){1.25f, 1.0f});
    mnist_normalise_bytes(out, image);
}

static void draw_seven(uint8_t out[DIGIT_PIXELS])
{
    float image[DIGIT_PIXELS], normalised[DIGIT_PIXELS];
    drawing_seven(image);
    mnist_normalise(normalised, image, SIDE, SIDE);
    mnist_normalise_bytes(out, normalised);
}

static bool draw_variant(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                         uint8_t label, uint64_t index)
{
    struct rng rng = rng_make(5, RNG_VARIANT, index);
    return variant_image(out, image, label, &ALL, 1.0f, &rng);
}

/* Columns of the row from the first to the last pixel of 128 or more. */
static size_t row_width(const uint8_t *row)
{
    size_t first = SIDE, end = 0;
    for (size_t x = 0; x < SIDE; x++)
        if (row[x] >= 128) {
            first = x < first ? x : first;
            end = x + 1;
        }
    return end > first ? end - first : 0;
}

static long sum_of(const uint8_t image[DIGIT_PIXELS])
{
    long sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += image[i];
    return sum;
}

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
    uint8_t seven[DIGIT_PIXELS], blank[DIGIT_PIXELS] = {0}, out[DIGIT_PIXELS];
    draw_seven(seven);
    assert_false(draw_variant(out, seven, 1, 0));
    assert_false(draw_variant(out, blank, 1, 0));
    assert_false(draw_variant(out, blank, 7, 0));
}

/* Rows in the middle become wider. */
TEST(a_seven_gets_a_bar_through_its_stem)
{
    uint8_t seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    draw_seven(seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        assert_true(draw_variant(out, seven, 7, index));
        assert_true(sum_of(out) > sum_of(seven) + 2 * 255);
        size_t widest = 0;
        for (size_t y = 10; y < 20; y++)
            widest = row_width(out + y * SIDE) > widest ? row_width(out + y * SIDE) : widest;
        assert_in_range(widest, 6, 16); /* 0.3 to 0.55 of 20 px, and the pen's width */
    }
}

TEST(a_seven_with_a_bar_has_no_variant)
{
    float image[DIGIT_PIXELS];
    uint8_t seven[DIGIT_PIXELS], out[DIGIT_PIXELS];
    drawing_seven(image);
    pen_line(image, (struct pen_point){9, 14}, (struct pen_point){21, 14},
             &(struct pen){1.5f, 1.0f});
    mnist_normalise_bytes(seven, image);
    for (uint64_t index = 0; index < 20; index++)
        assert_false(draw_variant(out, seven, 7, index));
}

TEST(other_digits_and_probability_zero_have_no_variant)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    const struct variant_settings none = {0.0f, 1.0f};
    draw_one(one, 0.0f);
    for (uint8_t label = 0; label < 10; label++)
        assert_int_equal(draw_variant(out, one, label, 0), label == 1 || label == 7);
    struct rng rng = rng_make(5, RNG_VARIANT, 0);
    assert_false(variant_image(out, one, 1, &none, 1.0f, &rng));
    assert_false(variant_image(out, one, 1, &ALL, 0.0f, &rng));
}

TEST(strength_scales_the_probabilities)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    const struct variant_settings ranges = {0.6f, 0.0f};
    size_t changed = 0;
    draw_one(one, 2.0f);
    for (uint64_t index = 0; index < IMAGES; index++) {
        struct rng rng = rng_make(6, RNG_VARIANT, index);
        changed += variant_image(out, one, 1, &ranges, 0.5f, &rng);
    }
    assert_in_range(changed, 120 - 37, 120 + 37); /* four deviations of 9.2 */
}

TEST_MAIN(cmocka_unit_test(a_one_gets_a_sloping_flag_on_its_left),
          cmocka_unit_test(a_one_that_leans_too_far_has_no_variant),
          cmocka_unit_test(an_image_that_is_not_one_straight_stroke_gets_no_flag),
          cmocka_unit_test(a_seven_gets_a_bar_through_its_stem),
          cmocka_unit_test(a_seven_with_a_bar_has_no_variant),
          cmocka_unit_test(other_digits_and_probability_zero_have_no_variant),
          cmocka_unit_test(strength_scales_the_probabilities))
