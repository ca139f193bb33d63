#include "trainer/augment/neighbours.h"

#include <stddef.h>

#include "tests/test.h"
#include "tests/trainer/drawings.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 2000

TEST(probability_and_strength_say_how_often)
{
    const struct neighbour_settings settings = {.probability = 0.8f, .width_px = 5.0f};
    struct neighbour drawn;
    size_t count = 0, wide[6] = {0};
    for (uint64_t index = 0; index < IMAGES; index++) {
        struct rng rng = rng_make(3, RNG_NEIGHBOUR, index);
        if (!neighbour_draw(&drawn, &settings, 0.5f, 7, &rng))
            continue;
        count++;
        assert_in_range(drawn.width_px, 1, 5);
        assert_in_range(drawn.other, 0, 6);
        assert_in_range(drawn.shift_px + 3, 0, 6);
        wide[drawn.width_px]++;
    }
    assert_in_range(count, 800 - 88, 800 + 88); /* four deviations of 22 */
    assert_true(wide[1] > 0 && wide[5] > 0);
}

TEST(with_probability_zero_no_random_number_is_drawn)
{
    const struct neighbour_settings none = {.probability = 0.0f, .width_px = 5.0f};
    const struct neighbour_settings always = {.probability = 1.0f, .width_px = 5.0f};
    struct rng rng = rng_make(3, RNG_NEIGHBOUR, 0), before = rng;
    struct neighbour drawn;
    assert_false(neighbour_draw(&drawn, &none, 1.0f, 7, &rng));
    assert_false(neighbour_draw(&drawn, &always, 0.0f, 7, &rng));
    assert_true(rng.state == before.state);
}

/* The image has a digit in columns 10 to 17, the other image a ramp in columns 8 to 15. */
static void draw_both(float image[DIGIT_PIXELS], float other[DIGIT_PIXELS])
{
    drawing_box(image, 10, 5, 17, 22);
    drawing_fill(other, 0.0f);
    for (size_t y = 6; y < 20; y++)
        for (size_t x = 8; x < 16; x++)
            other[y * SIDE + x] = 0.1f * (float)(x - 5);
}

TEST(each_border_shows_the_near_side_of_the_other_digit)
{
    float image[DIGIT_PIXELS], other[DIGIT_PIXELS];
    const struct neighbour neighbour = {.width_px = 3, .shift_px = 2};
    draw_both(image, other);
    neighbour_add(image, other, &neighbour, false);
    neighbour_add(image, other, &neighbour, true);
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            size_t source = x < 3 ? 13 + x : 8 + x - 25;
            bool fragment = y >= 8 && y < 22 && (x < 3 || x >= 25);
            bool digit = y >= 5 && y < 23 && x >= 10 && x < 18;
            float expected = fragment ? other[12 * SIDE + source] : digit ? 1.0f : 0.0f;
            assert_true(image[y * SIDE + x] == expected);
        }
}

/* Columns 9 and 18 stay free. */
TEST(a_fragment_does_not_touch_the_digit)
{
    float image[DIGIT_PIXELS], other[DIGIT_PIXELS];
    const struct neighbour neighbour = {.width_px = 10, .shift_px = 0};
    draw_both(image, other);
    neighbour_add(image, other, &neighbour, false);
    neighbour_add(image, other, &neighbour, true);
    assert_true(image[12 * SIDE + 8] > 0.9f);
    assert_true(image[12 * SIDE + 9] == 0.0f);
    assert_true(image[12 * SIDE + 18] == 0.0f);
    assert_true(image[12 * SIDE + 19] > 0.25f);
}

TEST(a_digit_at_the_border_and_a_blank_neighbour_give_no_fragment)
{
    float image[DIGIT_PIXELS], before[DIGIT_PIXELS], other[DIGIT_PIXELS];
    const struct neighbour neighbour = {.width_px = 4, .shift_px = 0};
    draw_both(image, other);
    drawing_box(image, 1, 3, 26, 4);
    drawing_box(before, 1, 3, 26, 4);
    neighbour_add(image, other, &neighbour, false);
    neighbour_add(image, other, &neighbour, true);
    assert_true(drawing_is_same(image, before));
    drawing_box(image, 10, 3, 12, 4);
    drawing_box(before, 10, 3, 12, 4);
    drawing_fill(other, 0.05f);
    neighbour_add(image, other, &neighbour, false);
    assert_true(drawing_is_same(image, before));
}

TEST_MAIN(cmocka_unit_test(probability_and_strength_say_how_often),
          cmocka_unit_test(with_probability_zero_no_random_number_is_drawn),
          cmocka_unit_test(each_border_shows_the_near_side_of_the_other_digit),
          cmocka_unit_test(a_fragment_does_not_touch_the_digit),
          cmocka_unit_test(a_digit_at_the_border_and_a_blank_neighbour_give_no_fragment))
